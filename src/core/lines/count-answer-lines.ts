import type { LineCounts } from "./answer-lines.ts";
import type { LineVerdict } from "./for-each-line.ts";
import { forEachLine } from "./for-each-line.ts";

const LINE_FEED = 10;

/** Counts the lines of an answer file, and what tells which of them are answers. */
export async function countAnswerLines(chunks: AsyncIterable<Buffer>): Promise<LineCounts> {
  let [lines, blank] = [0, 0];
  let [alternating, alone, ended] = [true, true, true];
  // As if a blank line stood before the first.
  let blankLast = true;
  const count: LineVerdict = (line, isEmpty) => {
    lines += 1;
    if (isEmpty) blank += 1;
    if (line % 2 === 1) alternating &&= isEmpty;
    alone &&= !(isEmpty && blankLast);
    blankLast = isEmpty;
    return "drop";
  };
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      ended = chunk.at(-1) === LINE_FEED;
      yield chunk;
    }
  }
  for await (const _ of forEachLine(watched(), count));
  return { lines, blank, alternating, closing: alone && blankLast, blankLast: lines > 0 && blankLast, ended };
}

import type { LineCounts } from "./answer-lines.ts";
import { forEachLine } from "./for-each-line.ts";
import { createLineTally } from "./line-tally.ts";

const LINE_FEED = 10;

/** Counts the lines of an answer file, and what shows which of them are answers. */
export async function countAnswerLines(chunks: AsyncIterable<Buffer>): Promise<LineCounts> {
  const tally = createLineTally();
  let ended = true;
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      ended = chunk.at(-1) === LINE_FEED;
      yield chunk;
    }
  }
  const count = (_line: number, isEmpty: boolean): "drop" => {
    tally.add(isEmpty);
    return "drop";
  };
  for await (const _ of forEachLine(watched(), count));
  return tally.counts(ended);
}

import { errorObjectText } from "../../core/protocols/error-object.ts";
import type { AnswerRules } from "./answer-rules.ts";
import type { LineVerdict } from "./for-each-line.ts";
import { forEachLine } from "./for-each-line.ts";

/** What stands in an `.out`. */
export type LineCounts = {
  readonly lines: number;
  /** Lines with nothing in them. */
  readonly blank: number;
  /** Whether the 2nd, 4th, … line is blank. */
  readonly alternating: boolean;
  /** Whether the last line has a line break behind it. */
  readonly ended: boolean;
};

const LINE_FEED = 10;

export async function countLines(chunks: AsyncIterable<Buffer>): Promise<LineCounts> {
  let lines = 0;
  let blank = 0;
  let alternating = true;
  let ended = true;
  const count: LineVerdict = (line, isEmpty) => {
    lines += 1;
    if (isEmpty) blank += 1;
    if (line % 2 === 1) alternating &&= isEmpty;
    return "drop";
  };
  async function* watched(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      ended = chunk.at(-1) === LINE_FEED;
      yield chunk;
    }
  }
  for await (const _ of forEachLine(watched(), count));
  return { lines, blank, alternating, ended };
}

/** Where every line is an answer as it stands. */
export const EVERY_LINE: LineVerdict = () => "keep";

/** What an empty line is to a record of its own: no answer. */
const NO_ANSWER = {
  text: errorObjectText({
    code: "RESPONSE_INVALID",
    message: "The container answered with an empty body.",
    attempts: 1,
  }),
};

/**
 * Which lines of an `.out` are the answers to so many request lines; null where that cannot be told. AssembleWith puts a line break behind each
 * answer, also behind one that ends with a line break itself, so that an empty line may be the end of an answer, or an answer of nothing. Where each
 * answer is to one record, their number tells: as many lines, or twice as many of which every second one is empty. A mixture could be an answer of
 * nothing beside one of two lines, which shifts all between them: only where such an answer would show, because a line is a document with a list,
 * are its empty lines left out. Of several records to an answer the number says nothing, and an empty line is none.
 */
export function answersAmong(
  { lines, blank, alternating }: LineCounts,
  expected: number,
  { protocol, batchStrategy }: AnswerRules,
): LineVerdict | null {
  if (batchStrategy === "SingleRecord") {
    const each = (isEmpty: boolean) => (isEmpty ? NO_ANSWER : "keep");
    if (lines === expected) return blank === 0 ? EVERY_LINE : (_line, isEmpty) => each(isEmpty);
    if (alternating && Math.ceil(lines / 2) === expected) {
      return (line, isEmpty) => (line % 2 === 1 ? "drop" : each(isEmpty));
    }
    if (protocol.lineHolds === "row") return null;
  }
  if (lines - blank !== expected) return null;
  return blank === 0 ? EVERY_LINE : (_line, isEmpty) => (isEmpty ? "drop" : "keep");
}

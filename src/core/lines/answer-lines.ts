import type { Protocol } from "../protocols/protocol.ts";

/** What stands in an answer file of SageMaker Batch Transform. */
export type LineCounts = {
  readonly lines: number;
  /** Lines with nothing in them. */
  readonly blank: number;
  /** Whether the 2nd, 4th, … line is blank. */
  readonly alternating: boolean;
  /** Whether the last line is blank, and each blank one stands alone behind one that is not. */
  readonly closing: boolean;
  /** Whether the last line is blank. */
  readonly blankLast: boolean;
  /** Whether the last line has a line break behind it. */
  readonly ended: boolean;
};

/** How a job's answers are to be read. */
export type AnswerRules = {
  readonly protocol: Pick<Protocol, "lineHolds" | "answerNotation" | "predictionPlace">;
  /** Null where nobody says how many records an answer was to. */
  readonly batchStrategy: "SingleRecord" | "MultiRecord" | null;
};

/** Which lines of an answer file are answers: all, the 1st, 3rd, …, or those that hold something. */
export type AnswerLines = "all" | "every_second" | "filled";

/**
 * Which lines of an answer file are the answers to so many request lines; null where that cannot be told. AssembleWith puts a line break behind
 * each answer, also behind one that ends with a line break itself, so that an empty line may be the end of an answer, or an answer of nothing.
 * Where each answer is to one record, their number tells: as many lines, or twice as many of which every second one is empty. A mixture could be
 * an answer of nothing beside one of two lines, which shifts all between them: only where such an answer would show, because a line is a document
 * with a list, are its empty lines left out. Of several records to an answer the number says nothing, and an empty line is none.
 *
 * Where nobody says which of the two it was, only what both leave room for is read: as many lines, unless an empty one at the end may stand for a
 * line that is missing; or answers of one line or more with one empty line behind each.
 */
export function answerLines(counts: LineCounts, expected: number, rules: AnswerRules): AnswerLines | null {
  const { lines, blank, alternating, closing, blankLast } = counts;
  const { protocol, batchStrategy } = rules;
  const filled = lines - blank;
  if (blank === 0) return lines === expected ? "all" : null;
  if (batchStrategy !== "MultiRecord") {
    if (lines === expected) return batchStrategy === null && blankLast && filled > 0 ? null : "all";
    if (alternating && Math.ceil(lines / 2) === expected) return "every_second";
    if (protocol.lineHolds === "row" && !(batchStrategy === null && closing)) return null;
  }
  return filled === expected ? "filled" : null;
}

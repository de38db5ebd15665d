import type { Protocol } from "../protocols/protocol.ts";

/** The lines of an answer file of SageMaker Batch Transform. */
export type LineCounts = {
  readonly lines: number;
  /** Lines with nothing in them. */
  readonly blank: number;
  /** Whether the 2nd, 4th, … line is blank. */
  readonly alternating: boolean;
  /** Whether the last line is blank, and each blank one follows a line that is not blank. */
  readonly closing: boolean;
  /** Whether the last line is blank. */
  readonly blankLast: boolean;
  /** Whether the last line has a line break behind it. */
  readonly ended: boolean;
};

/** How a job's answers are to be read. */
export type AnswerRules = {
  readonly protocol: Pick<Protocol, "lineHolds" | "answerNotation" | "predictionPlace">;
  /** Null if it is not known how many records an answer was to. */
  readonly batchStrategy: "SingleRecord" | "MultiRecord" | null;
};

/** Which lines of an answer file are answers: all, the 1st, 3rd, …, or those that hold something. */
export type AnswerLines = "all" | "every_second" | "filled";

/**
 * Which lines of an answer file are the answers to the `expected` request lines; null if that is not certain. AssembleWith puts a line break behind
 * each answer, also behind one that ends with a line break, so that an empty line may be the end of an answer, or an empty answer.
 * If each answer is to one record, the number of lines decides: as many, or twice as many of which every second one is empty. A mixture could be
 * an empty answer and another of two lines, which shifts all between them: only if such an answer would be found, because a line is a document
 * with a list, are its empty lines left out. If an answer is to several records, the number decides nothing, and an empty line is not an answer.
 *
 * If it is not known which of the two it was, only what is right for both is read: as many lines, unless an empty one at the end may be in the place of a
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

import { ScoreframeError } from "../../../../errors/scoreframe-error.ts";

/** Throws `LINE_COUNT_MISMATCH`: line i of one file belongs to line i of the other. */
export function assertSameLines(requestFile: string, requests: number, answerFile: string, answers: number): void {
  if (requests === answers) return;
  throw new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `The answer file ${answerFile} has ${answers} lines, its request file ${requestFile} has ${requests}; no answer of it can be paired safely. ` +
      "Score this file again, or give the answers that belong to it.",
    { operation: "stitch", details: { requestFile, answerFile, requestLines: requests, answerLines: answers } },
  );
}

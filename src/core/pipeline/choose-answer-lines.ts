import { createReadStream } from "node:fs";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { AnswerLines, LineCounts } from "../lines/answer-lines.ts";
import { answerLines } from "../lines/answer-lines.ts";
import { countAnswerLines } from "../lines/count-answer-lines.ts";
import type { ProtocolId } from "../protocols/protocol.ts";
import { PROTOCOLS } from "../protocols/protocols.ts";
import type { FilePair } from "./pair-files.ts";

/** Which lines of an answer file are the answers to so many request lines. Throws `LINE_COUNT_MISMATCH` where that cannot be told. */
export async function chooseAnswerLines(
  path: string,
  { request, answer }: FilePair,
  requestLines: number,
  protocol: ProtocolId,
): Promise<AnswerLines> {
  const counts = await countAnswerLines(createReadStream(path, { highWaterMark: 1 << 20 }));
  const chosen = answerLines(counts, requestLines, { protocol: PROTOCOLS[protocol], batchStrategy: null });
  if (chosen !== null) return chosen;
  throw new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `The answer file ${answer} has ${shown(counts)}, its request file ${request} has ${requestLines}; no answer of it can be paired safely. ` +
      mendFor(counts, requestLines),
    {
      operation: "stitch",
      details: {
        requestFile: request,
        answerFile: answer,
        requestLines,
        answerLines: counts.lines,
        emptyLines: counts.blank,
      },
    },
  );
}

function shown({ lines, blank }: LineCounts): string {
  return blank === 0 ? `${lines} lines` : `${lines} lines, ${blank} of them empty`;
}

function mendFor({ lines, blank }: LineCounts, expected: number): string {
  if (lines === expected) {
    return (
      "The empty line at its end may be an answer of nothing, or the line break that AssembleWith adds where one answer is missing (a container that takes " +
      'the first row of CSV for names leaves one out). Have this file scored again; an answer of nothing is written null, or "" in CSV.'
    );
  }
  if (lines - blank === expected) {
    return "Some answers have an empty line behind them and some have none, so that nobody can tell whether each is one answer: let the model end all its answers with a line break, or none.";
  }
  return "Have this file scored again, or give the answers that belong to it.";
}

import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { AnswerLines } from "../../lines/answer-lines.ts";
import { answerLines } from "../../lines/answer-lines.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { counted } from "../../util/counted.ts";
import type { UnitCounts } from "./count-units.ts";
import { countUnits } from "./count-units.ts";
import { documentFile } from "./document-file.ts";
import { beginsDocument, firstLine } from "./first-line.ts";
import type { FilePair } from "./pair-files.ts";

/** The file that holds the answers, a line or a record of CSV each, and which of them they are. */
export type ChosenAnswers = { readonly path: string; readonly answerLines: AnswerLines };

export type RequestFile = {
  readonly lines: number;
  readonly protocol: Pick<Protocol, "lineHolds" | "answerNotation" | "predictionPlace">;
};

/**
 * Which lines of an answer file are the answers to its request lines. JSON documents of several lines, or several on one line, are written to
 * `linesPath` first. Throws `LINE_COUNT_MISMATCH` if the answers cannot be separated.
 */
export async function chooseAnswerLines(
  path: string,
  linesPath: string,
  pair: FilePair,
  { lines: expected, protocol }: RequestFile,
): Promise<ChosenAnswers> {
  const documents = beginsDocument(await firstLine(path)) ? await documentFile(path, linesPath) : null;
  if (documents !== null) {
    // A list shows how many rows it answers. Of documents of one row each, one may be missing if a request has two.
    const isCertain = protocol.lineHolds === "batch" || expected === 1;
    if (isCertain && documents.documents === expected) return { path: documents.path, answerLines: "all" };
    const found = `${counted(documents.documents, "JSON document")} that ${documents.documents === 1 ? "is" : "are"} not on a line each`;
    throw mismatch(pair, expected, found, documents.documents, ASSEMBLE_LINES);
  }
  const counts = await countUnits(path, protocol);
  const chosen = answerLines(counts, expected, { protocol, batchStrategy: null });
  if (chosen !== null) return { path, answerLines: chosen };
  throw mismatch(pair, expected, shown(counts), counts.lines, hintFor(counts, expected), counts.blank);
}

function mismatch(
  { request, answer }: FilePair,
  requestLines: number,
  found: string,
  answers: number,
  hint: string,
  emptyLines = 0,
): ScoreframeError {
  return new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `The answer file ${answer} has ${found}, its request file ${request} has ${requestLines}; no answer of it can be paired safely. ${hint}`,
    {
      operation: "stitch",
      details: { requestFile: request, answerFile: answer, requestLines, answerLines: answers, emptyLines },
    },
  );
}

function shown({ lines, blank }: UnitCounts): string {
  return blank === 0 ? counted(lines, "line") : `${counted(lines, "line")}, ${blank} of them empty`;
}

const ASSEMBLE_LINES =
  "Answers that are JSON over several lines, or without line breaks between them, cannot be separated: let the model write each answer on one line, " +
  "and score the file again with AssembleWith=Line.";

function hintFor({ lines, blank, openQuote }: UnitCounts, expected: number): string {
  if (openQuote !== null) {
    return `A quote opens in its line ${openQuote} and is never closed, so that all that follows is one cell. Fix that line, or score the file again.`;
  }
  if (lines === expected) {
    return (
      "The empty line at its end may be an empty answer, or the line break that AssembleWith adds if one answer is missing (a container that takes " +
      'the first row of CSV for names leaves one out). Score this file again; an empty answer is written null, or "" in CSV.'
    );
  }
  if (lines - blank === expected) {
    return "Some answers have an empty line behind them and some have none, so that it is not clear where an answer ends: let the model end all its answers with a line break, or none.";
  }
  if (lines < expected) {
    return "Answers may have run into each other: score the file again with AssembleWith=Line, or give the answers that belong to it.";
  }
  return "Score this file again, or give the answers that belong to it.";
}

import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { AnswerLines, AnswerRules, LineCounts } from "../../../core/lines/answer-lines.ts";
import { answerLines } from "../../../core/lines/answer-lines.ts";
import { countAnswerLines } from "../../../core/lines/count-answer-lines.ts";
import type { LineVerdict } from "../../../core/lines/for-each-line.ts";
import { forEachLine } from "../../../core/lines/for-each-line.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import type { RowCause } from "../../../core/protocols/responses/error-object.ts";
import { errorObjectText } from "../../../core/protocols/responses/error-object.ts";
import { counted } from "../../../core/util/counted.ts";
import { takeApartDocuments, WITHOUT_NAMES } from "./csv-documents.ts";

/** An empty line is no answer to a record that was sent alone. */
const NO_ANSWER = {
  text: errorObjectText({
    code: "RESPONSE_INVALID",
    message: "The container answered with an empty body.",
    attempts: 1,
  }),
};

const VERDICTS: Readonly<Record<AnswerLines, LineVerdict>> = {
  all: (_line, isEmpty) => (isEmpty ? NO_ANSWER : "keep"),
  every_second: (line, isEmpty) => (line % 2 === 1 ? "drop" : isEmpty ? NO_ANSWER : "keep"),
  filled: (_line, isEmpty) => (isEmpty ? "drop" : "keep"),
};

/**
 * Turns an `.out` of SageMaker into a response file with one line per request line. Returns the cause if its lines cannot be paired safely:
 * there are too few or too many, or their number is right but they could also belong to other lines.
 */
export async function pairAnswerFile(
  { shard, responsePath, lines }: RequestShard,
  address: string,
  rules: AnswerRules,
): Promise<RowCause | null> {
  try {
    if (rules.protocol.answerNotation === "csv") {
      const { document: path = ["predictions"] } = rules.protocol.predictionPlace;
      await rewrite(responsePath, (chunks) => takeApartDocuments(chunks, rowsOfAnswer(rules), path));
    }
    const counts = await countAnswerLines(createReadStream(responsePath));
    const answers = answerLines(counts, lines, rules);
    if (answers === null) return wrongCount(shard, address, lines, counts, rules);
    if (counts.blank > 0 || !counts.ended) {
      await rewrite(responsePath, (chunks) => forEachLine(chunks, VERDICTS[answers]));
    }
    return null;
  } catch (thrown) {
    throw ScoreframeError.is(thrown) ? thrown : storageError(responsePath, "read", thrown, { shard });
  }
}

function rowsOfAnswer({ batchStrategy }: AnswerRules): number | null {
  return batchStrategy === "SingleRecord" ? 1 : null;
}

/** Replaces a file's content. The file is complete at every moment. */
async function rewrite(
  path: string,
  change: (chunks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer | string>,
): Promise<void> {
  const aside = `${path}.${process.pid}.lines`;
  try {
    await pipeline(createReadStream(path), change, createWriteStream(aside));
    await rename(aside, path);
  } catch (thrown) {
    await rm(aside, { force: true });
    throw thrown;
  }
}

function wrongCount(
  shard: number,
  address: string,
  expected: number,
  { lines, blank }: LineCounts,
  rules: AnswerRules,
): RowCause {
  const found = lines - blank;
  const message = `Shard ${shard} has ${counted(expected, "request line")}, and ${address} has ${counted(found, "answer")}. ${fixFor(found, expected, rules)}`;
  return { code: "LINE_COUNT_MISMATCH", message, attempts: 1 };
}

function fixFor(found: number, expected: number, { protocol, batchStrategy }: AnswerRules): string {
  if (found === expected) {
    return "Some of them have an empty line behind them and some have none, so it is unclear whether each line is one answer: let the container end all its answers with a line break, or none.";
  }
  if (found > expected) {
    return "The container must answer each request line with exactly one line; pretty-printed JSON has too many.";
  }
  if (protocol.answerNotation === "csv" && batchStrategy === "MultiRecord") {
    return `The container must answer each request line with exactly one line. ${WITHOUT_NAMES}`;
  }
  return found === 1
    ? "The container seems to answer without line breaks or in one piece: it must answer each request line with exactly one line."
    : "The container must answer each request line with exactly one line; it left lines without an answer, or wrote answers without a line break between them.";
}

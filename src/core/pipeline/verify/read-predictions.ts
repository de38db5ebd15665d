import { readFile } from "node:fs/promises";
import { countMismatch, readAnswerLine } from "../../frames/read-answer-line.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { csvAnswerJson } from "../../protocols/csv-answer.ts";
import type { RowCause } from "../../protocols/error-object.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { requestId } from "../../protocols/request-id.ts";
import { tensorAnswerJson } from "../../protocols/tensor-answer.ts";

/** What a row was answered: its prediction, or why it has none. */
export type ReadPrediction = { readonly prediction: ExactJson } | { readonly failure: string };

export type AnsweredRequests = {
  readonly requestPath: string;
  readonly responsePath: string;
  /** Rows of each request line. */
  readonly lineRows: readonly number[];
  readonly protocol: Protocol;
};

/** The predictions of a few requests, one for each row that was sent; each line is read by itself. */
export async function readPredictions({
  requestPath,
  responsePath,
  lineRows,
  protocol,
}: AnsweredRequests): Promise<ReadPrediction[]> {
  const [requests, responses] = await Promise.all([requestPath, responsePath].map(linesOf));
  return lineRows.flatMap((rows, line): ReadPrediction[] => {
    const where = `Request ${line}`;
    const text = jsonOf(responses?.[line] ?? "", requests?.[line] ?? "", protocol);
    const read = readAnswerLine(text, where, protocol);
    const cause = "code" in read ? read : read.length === rows ? null : countMismatch(where, read.length, rows);
    if (cause !== null || "code" in read) return Array.from({ length: rows }, () => failed(cause));
    return read.map((answer) => (answer.cause === null ? { prediction: answer.value } : failed(answer.cause)));
  });
}

function failed(cause: RowCause | null): ReadPrediction {
  return { failure: cause?.message ?? "" };
}

function jsonOf(response: string, request: string, { answerNotation }: Protocol): string {
  if (answerNotation === "json") return response;
  return answerNotation === "csv" ? csvAnswerJson(response) : tensorAnswerJson(response, requestId(request));
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).split("\n");
}

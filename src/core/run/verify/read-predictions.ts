import { readFile } from "node:fs/promises";
import type { ExactJson } from "../../json/exact-json.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { requestId } from "../../protocols/request-id.ts";
import { csvAnswerJson } from "../../protocols/responses/csv-answer.ts";
import { tensorAnswerJson } from "../../protocols/responses/tensor-answer.ts";
import type { RowKeys } from "../../responses/pairing/pair-line.ts";
import { pairLine } from "../../responses/pairing/pair-line.ts";
import { countMismatch, readAnswerLine } from "../../responses/read/read-answer-line.ts";

/** What a row was answered: its prediction, or why it has none. */
export type ReadPrediction = { readonly prediction: ExactJson } | { readonly failure: string };

export type AnsweredRequests = {
  readonly requestPath: string;
  readonly responsePath: string;
  /** Rows of each request line. */
  readonly lineRows: readonly number[];
  /** Of all rows, if predictions are paired by them. */
  readonly keys: RowKeys;
  readonly protocol: Protocol;
  /** Names of predictions that the job asks for. */
  readonly published: readonly string[];
};

/** The predictions of a few requests, one for each row that was sent; each line is read by itself. */
export async function readPredictions({
  requestPath,
  responsePath,
  lineRows,
  keys,
  protocol,
  published,
}: AnsweredRequests): Promise<ReadPrediction[]> {
  const [requests, responses] = await Promise.all([requestPath, responsePath].map(linesOf));
  let next = 0;
  return lineRows.flatMap((rows, line): ReadPrediction[] => {
    const firstRow = next;
    next += rows;
    const where = `Request ${line}`;
    const text = jsonOf(responses?.[line] ?? "", requests?.[line] ?? "", protocol);
    const read = readAnswerLine(text, where, protocol);
    const counted = !("code" in read) && read.length !== rows ? countMismatch(where, read.length, rows) : read;
    const answers = pairLine(counted, where, protocol, { keys, firstRow, published });
    if ("code" in answers) return Array.from({ length: rows }, () => ({ failure: answers.message }));
    return answers.map(({ value, cause }) => (cause === null ? { prediction: value } : { failure: cause.message }));
  });
}

function jsonOf(response: string, request: string, { answerNotation }: Protocol): string {
  if (answerNotation === "json") return response;
  return answerNotation === "csv" ? csvAnswerJson(response) : tensorAnswerJson(response, requestId(request));
}

async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, "utf8")).split("\n");
}

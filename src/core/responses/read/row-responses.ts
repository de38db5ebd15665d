import type { ExactJson } from "../../json/exact-json.ts";
import type { CsvCell } from "../../protocols/csv-records.ts";
import { parseRecord } from "../../protocols/csv-records.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import { countMismatch, readAnswerLine } from "./read-answer-line.ts";

/** What a response holds for one row: a value of JSON, the cells of a CSV record, or why there is no prediction. */
export type RowResponse =
  | { readonly value: ExactJson; readonly cells: null; readonly cause: null }
  | { readonly value: null; readonly cells: readonly CsvCell[]; readonly cause: null }
  | { readonly value: null; readonly cells: null; readonly cause: RowCause };

/** The responses of a line, one for each of its rows, or why all of them failed. `where` begins the messages. */
export function readRowResponses(text: string, where: string, protocol: Protocol): readonly RowResponse[] | RowCause {
  const cells = protocol.answerNotation === "csv" ? recordCells(text) : null;
  if (cells !== null) return [{ value: null, cells, cause: null }];
  const read = readAnswerLine(text, where, protocol);
  return isCause(read) ? read : read.map((each): RowResponse => ({ ...each, cells: null }));
}

/** The same, held to the number of rows that were sent. */
export function readExpectedRows(
  text: string,
  where: string,
  rows: number,
  protocol: Protocol,
): readonly RowResponse[] | RowCause {
  const read = readRowResponses(text, where, protocol);
  return isCause(read) || read.length === rows ? read : countMismatch(where, read.length, rows);
}

/** One response for each row, in which a line that failed as a whole has failed for each of its rows. */
export function spread(read: readonly RowResponse[] | RowCause, rows: number): readonly RowResponse[] {
  if (!isCause(read)) return read;
  return Array.from({ length: rows }, () => ({ value: null, cells: null, cause: read }));
}

export function isCause(read: readonly unknown[] | RowCause): read is RowCause {
  return !Array.isArray(read);
}

/** The cells of a record; null if it is a JSON object or list. A JSON text is a cell in quotes. */
function recordCells(record: string): readonly CsvCell[] | null {
  const first = record.trimStart()[0];
  if (first !== '"' && first !== "{" && first !== "[") return parseRecord(record);
  try {
    const value: unknown = JSON.parse(record);
    return typeof value === "string" ? [{ text: value, quoted: true }] : null;
  } catch {
    return parseRecord(record);
  }
}

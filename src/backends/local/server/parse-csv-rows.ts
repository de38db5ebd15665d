import { parseRecord, splitRecords } from "../../../core/protocols/csv-records.ts";
import { csvCellJson } from "../../../core/protocols/responses/csv-answer.ts";
import type { ModelRow } from "../../../model.ts";
import { parseJsonExact } from "./parse-json-exact.ts";
import { ServerError } from "./server-error.ts";

/**
 * The rows of a CSV body, whose first line names the columns. A cell that looks like a number, `true` or `false` is one, an empty one is null,
 * and a quoted cell is always text.
 */
export function parseCsvRows(body: string): readonly ModelRow[] {
  const [header, ...records] = splitRecords(body);
  if (header === undefined || header.trim() === "") {
    throw invalid("The request has no line of column names; send one before the rows.");
  }
  const columns = parseRecord(header).map(({ text }) => text);
  if (new Set(columns).size !== columns.length) throw invalid("The first line names a column twice.");
  return records.map((record, index) => {
    const cells = parseRecord(record);
    if (cells.length !== columns.length) {
      throw invalid(`Line ${index + 2} has ${cells.length} cells, but there are ${columns.length} columns.`);
    }
    // Not by assignment: a column may be called __proto__.
    return Object.fromEntries(cells.map((cell, at) => [columns[at], parseJsonExact(csvCellJson(cell))]));
  });
}

function invalid(message: string): ServerError {
  return new ServerError(400, "INVALID_REQUEST", message);
}

import type { ModelRow } from "../../model.ts";
import { ServerError } from "./server-error.ts";

/** The rows of one request document, and whether it was one bare row rather than a list of rows. */
export type Invocation = { readonly rows: readonly ModelRow[]; readonly single: boolean };

const FORMS =
  '{"instances":[…]}, {"dataframe_split":{"columns":[…],"data":[…]}}, {"dataframe_records":[…]}, a list of rows, or one row';

/**
 * Finds the rows in a parsed request. Other keys beside `instances`, `dataframe_split` or `dataframe_records` are ignored, as other
 * servers do. An object with none of them is one row.
 */
export function parseInvocation(document: unknown): Invocation {
  if (Array.isArray(document)) return { rows: checkRows(document, "row"), single: false };
  if (!isRow(document)) throw invalid(`The request is ${nameOf(document)}. Send ${FORMS}.`);
  if (Array.isArray(document["instances"])) {
    return { rows: checkRows(document["instances"], "instances"), single: false };
  }
  if (Array.isArray(document["dataframe_records"])) {
    return { rows: checkRows(document["dataframe_records"], "dataframe_records"), single: false };
  }
  if (isRow(document["dataframe_split"])) return { rows: splitRows(document["dataframe_split"]), single: false };
  return { rows: [document], single: true };
}

function checkRows(items: readonly unknown[], name: string): readonly ModelRow[] {
  for (let index = 0; index < items.length; index += 1) {
    if (!isRow(items[index])) {
      throw invalid(`${name}[${index}] is ${nameOf(items[index])}. A row is an object with a key for each column.`);
    }
  }
  return items as readonly ModelRow[];
}

function splitRows(split: ModelRow): readonly ModelRow[] {
  const { columns, data } = split;
  if (!Array.isArray(columns) || !columns.every((column) => typeof column === "string")) {
    throw invalid("dataframe_split.columns must be a list of column names.");
  }
  if (new Set(columns).size !== columns.length) throw invalid("dataframe_split.columns names a column twice.");
  if (!Array.isArray(data)) throw invalid("dataframe_split.data must be a list of rows, each a list of values.");
  return data.map((values, index) => zipRow(columns, values, index));
}

function zipRow(columns: readonly string[], values: unknown, index: number): ModelRow {
  if (!Array.isArray(values) || values.length !== columns.length) {
    const has = Array.isArray(values) ? `has ${values.length} values` : `is ${nameOf(values)}`;
    throw invalid(`dataframe_split.data[${index}] ${has}, but there are ${columns.length} columns.`);
  }
  const row: Record<string, unknown> = {};
  for (let column = 0; column < columns.length; column += 1) row[columns[column] as string] = values[column];
  return row;
}

function isRow(value: unknown): value is ModelRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function invalid(message: string): ServerError {
  return new ServerError(400, "INVALID_REQUEST", message);
}

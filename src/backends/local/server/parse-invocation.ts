import { readTensors } from "../../../core/protocols/tensors.ts";
import type { ModelRow } from "../../../model.ts";
import type { ServedModel } from "./served-model.ts";
import { ServerError } from "./server-error.ts";

/** The rows of one request document, whether it was one bare row rather than a list of rows, and what a V2 request was called. */
export type Invocation = {
  readonly rows: readonly ModelRow[];
  readonly single: boolean;
  /** Of a V2 request, whose answer is tensors; `id` is null where it has none. */
  readonly tensors?: { readonly id: string | null };
};

const FORMS =
  '{"instances":[…]}, {"dataframe_split":{"columns":[…],"data":[…]}}, {"dataframe_records":[…]}, {"inputs":[…]} of V2, a list of rows, or one row';

/**
 * Finds the rows in a parsed request. Keys other than `instances`, `dataframe_split` or `dataframe_records` are ignored, as other
 * servers do. An object with none of them is one row. A row of a list may be a list of its values, or its only value: `rowOf` knows its columns.
 */
export function parseInvocation(document: unknown, rowOf: ServedModel["rowOf"]): Invocation {
  if (Array.isArray(document)) return { rows: checkRows(document, "row", rowOf), single: false };
  if (!isRow(document)) throw invalid(`The request is ${nameOf(document)}. Send ${FORMS}.`);
  for (const name of ["instances", "dataframe_records"]) {
    if (name in document) return { rows: listedRows(document[name], name, rowOf), single: false };
  }
  if ("dataframe_split" in document) return { rows: splitRows(document["dataframe_split"]), single: false };
  if (isTensors(document["inputs"])) return tensorRows(document["inputs"], document["id"]);
  return { rows: [document], single: true };
}

/** A list of V2 tensors; a row may have a column `inputs` of its own. */
function isTensors(inputs: unknown): inputs is readonly unknown[] {
  return Array.isArray(inputs) && inputs.length > 0 && inputs.every((each) => isRow(each) && "datatype" in each);
}

function tensorRows(inputs: readonly unknown[], id: unknown): Invocation {
  const tensors = readTensors(inputs);
  if ("complaint" in tensors) throw invalid(`The inputs cannot be rows: ${tensors.complaint}.`);
  const rows = (tensors[0]?.rows ?? []).map((_, row) =>
    // Not by assignment: a column may be called __proto__.
    Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor.rows[row]])),
  );
  return { rows, single: false, tensors: { id: typeof id === "string" ? id : null } };
}

function listedRows(items: unknown, name: string, rowOf: ServedModel["rowOf"]): readonly ModelRow[] {
  if (!Array.isArray(items)) throw invalid(`${name} must be a list of rows, not ${nameOf(items)}.`);
  return checkRows(items, name, rowOf);
}

function checkRows(items: readonly unknown[], name: string, rowOf: ServedModel["rowOf"]): readonly ModelRow[] {
  if (items.every(isRow)) return items;
  return items.map((item, index) => {
    if (isRow(item)) return item;
    const what = `${name}[${index}] is ${nameOf(item)}`;
    if (item === null || (rowOf === null && !Array.isArray(item)))
      throw invalid(`${what}. A row is an object with a key for each column.`);
    if (rowOf !== null) return rowOf(Array.isArray(item) ? item : [item]);
    throw invalid(
      `${what}, and the model does not say which columns its values are. Send objects with a key for each column, or add an \`example\` to its defineModel.`,
    );
  });
}

function splitRows(split: unknown): readonly ModelRow[] {
  if (!isRow(split)) throw invalid("dataframe_split must be an object with columns and data.");
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
  // An assignment to `__proto__` would not make a column of it.
  if (columns.includes("__proto__")) return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
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
  if (typeof value === "bigint") return "a number";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function invalid(message: string): ServerError {
  return new ServerError(400, "INVALID_REQUEST", message);
}

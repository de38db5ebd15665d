import type { ExactJson, ExactObject } from "../../../../core/json/exact-json.ts";
import { exactField, isExactObject, parseExact } from "../../../../core/json/exact-json.ts";
import { parseRecord } from "../../../../core/protocols/csv-records.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { readTensors } from "../../../../core/protocols/tensors.ts";

/** The source of a request's rows: its text, the header line before it, and the texts of its rows. */
export type SentRequest = { readonly body: Buffer; readonly header: Buffer; readonly rows: readonly Buffer[] };

/** The rows of a request as objects from feature to value, numbers as they were written; none if the request does not name its features. */
export function sentRows({ body, header, rows }: SentRequest, protocol: Protocol): readonly ExactObject[] {
  const { rowForm } = protocol;
  if (rowForm === "object") return rows.map((row) => parseExact(rowText(row, protocol))).filter(isExactObject);
  if (rowForm === "csv") {
    const names = header.length === 0 ? [] : cells(header);
    return rows.map((row) => named(names, cells(row)));
  }
  const request = rowForm === "value" ? null : parseExact(body.toString());
  if (rowForm === "tensors") {
    const inputs = exactField(request, "inputs");
    const tensors = Array.isArray(inputs) ? readTensors(inputs) : [];
    if ("complaint" in tensors) return [];
    return rows.map((_, row) =>
      named(
        tensors.map(({ name }) => name),
        tensors.map((each) => each.rows[row] as ExactJson),
      ),
    );
  }
  const columns = exactField(exactField(request, "dataframe_split") ?? null, "columns");
  if (!Array.isArray(columns)) return [];
  return rows.map((row) => named(columns as readonly string[], parseExact(row.toString()) as readonly ExactJson[]));
}

/** A line that is one row may have members from the job around it. */
function rowText(row: Buffer, { lineHolds, open, close }: Protocol): string {
  const text = row.toString();
  return lineHolds === "row" ? text.slice(open([]).length, text.length - close.length) : text;
}

function cells(record: Buffer): string[] {
  return parseRecord(record.toString().replace(/\r?\n$/, "")).map(({ text }) => text);
}

function named(names: readonly string[], values: readonly ExactJson[]): ExactObject {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

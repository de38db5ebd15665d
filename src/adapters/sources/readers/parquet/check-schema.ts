import { quoteIdentifier } from "../../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { ParquetNode, SchemaGroup } from "./parquet-schema.ts";

const MOST_DIGITS = 38;

/** Rejects what DuckDB would silently read as something else. */
export function checkSchema(table: string, { files, columns }: SchemaGroup): void {
  const file = files[0] ?? "";
  checkNames(table, file, columns, []);
  for (const column of columns) checkDecimals(table, file, column, [column.name], column.name);
}

/** DuckDB gives the second of two names that differ in case only another name. */
function checkNames(table: string, file: string, nodes: readonly ParquetNode[], path: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const { name, children } of nodes) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) throw sameNames(table, file, other, name, path);
    seen.set(name.toLowerCase(), name);
    checkNames(table, file, children, [...path, name]);
  }
}

function sameNames(table: string, file: string, first: string, second: string, path: readonly string[]): Error {
  const kind = path.length === 0 ? "columns" : "fields";
  const inside = path.length === 0 ? "" : ` (inside the column "${path[0]}")`;
  const both =
    first === second
      ? `two ${kind} "${first}"${inside}`
      : `the ${kind} "${first}" and "${second}"${inside}, which differ in case only`;
  return tableUnreadable(
    table,
    file,
    `it has ${both}, and SQL cannot distinguish them. Write it again with other names`,
  );
}

/** Decimals of more than 38 digits are read as DOUBLE, and as another number altogether. */
function checkDecimals(table: string, file: string, node: ParquetNode, path: readonly string[], column: string): void {
  if (node.physical !== null && node.precision !== null && node.precision > MOST_DIGITS) {
    const inside = path.length === 1 ? "" : ` (at ${path.join(".")})`;
    throw tableUnreadable(
      table,
      file,
      `its column "${column}"${inside} is a decimal of ${node.precision} digits, ${node.logical ?? "DECIMAL"}, and at most ${MOST_DIGITS} can be read. ` +
        `Write it again as a decimal of at most ${MOST_DIGITS} digits or as text, or leave the column out: SELECT * EXCLUDE (${quoteIdentifier(column)}) FROM read_parquet('…')`,
    );
  }
  for (const child of node.children) checkDecimals(table, file, child, [...path, child.name], column);
}

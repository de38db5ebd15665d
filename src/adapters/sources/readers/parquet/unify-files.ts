import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { ColumnShape } from "./column-shape.ts";
import { shapeOf, shapeSql, withNulls } from "./column-shape.ts";
import type { SchemaGroup } from "./parquet-schema.ts";
import { fileList, leavesOf } from "./parquet-schema.ts";
import type { Conflict } from "./unify-shapes.ts";
import { unifyShapes } from "./unify-shapes.ts";

/** A column of one group of files, in DuckDB's types. */
type FoundColumn = { readonly group: SchemaGroup; readonly name: string; readonly shape: ColumnShape };

export type UnifiedColumn = { readonly name: string; readonly shape: ColumnShape };

/**
 * The columns of files of several schemas, each with a type that holds every value of every file. DuckDB's own union rounds whole numbers of 64 bits
 * to DOUBLE. `loadRows` is called before values are looked at.
 */
export async function unifyFiles(
  session: DuckdbSession,
  table: string,
  groups: readonly SchemaGroup[],
  loadRows: () => Promise<void>,
): Promise<UnifiedColumn[]> {
  const found: FoundColumn[] = [];
  for (const group of groups) found.push(...(await columnsOf(session, group)));
  const unified: UnifiedColumn[] = [];
  for (const [name, columns] of byName(table, found)) {
    let shape = await commonShape(session, columns, loadRows);
    if ("conflict" in shape) {
      await loadRows();
      shape = await commonShape(session, await withoutEmpty(session, columns), loadRows);
    }
    if ("conflict" in shape) throw incompatible(table, name, shape.conflict, columns);
    unified.push({ name, shape });
  }
  return unified;
}

async function commonShape(
  session: DuckdbSession,
  columns: readonly FoundColumn[],
  loadRows: () => Promise<void>,
): Promise<ColumnShape | Conflict> {
  const candidates = unifyShapes(columns.map(({ shape }) => shape));
  if ("conflict" in candidates) return candidates;
  if (!candidates.exact) await loadRows();
  const shape = candidates.exact ? candidates.shapes[0] : await firstThatFits(session, candidates.shapes, columns);
  return shape ?? { conflict: "" };
}

/** The type of a column without values means nothing: pandas writes it as DOUBLE, whatever its type is on other days. */
async function withoutEmpty(session: DuckdbSession, columns: readonly FoundColumn[]): Promise<FoundColumn[]> {
  const found: FoundColumn[] = [];
  for (const column of columns) {
    const isEmpty = column.shape.kind === "leaf" && (await hasNoValue(session, column));
    found.push(isEmpty ? { ...column, shape: { kind: "null" } } : column);
  }
  return found;
}

async function hasNoValue(session: DuckdbSession, { group, name }: FoundColumn): Promise<boolean> {
  const values = await session.query(
    `SELECT 1 FROM read_parquet(${fileList(group.files)}, hive_partitioning = false) WHERE ${quoteIdentifier(name)} IS NOT NULL LIMIT 1`,
  );
  return values.length === 0;
}

/** `schema` of read_parquet: the columns by name, each file's values cast. */
export function schemaOption(columns: readonly UnifiedColumn[]): string {
  const entries = columns.map(({ name, shape }) => {
    const text = quoteText(name);
    return `${text}: {name: ${text}, type: ${quoteText(shapeSql(shape))}, default_value: NULL}`;
  });
  return `schema = MAP {${entries.join(", ")}}`;
}

async function columnsOf(session: DuckdbSession, group: SchemaGroup): Promise<FoundColumn[]> {
  const statement = await session.connection.prepare(
    `SELECT * FROM read_parquet(${fileList(group.files.slice(0, 1))}, hive_partitioning = false)`,
  );
  try {
    return Array.from({ length: statement.columnCount }, (_, index) => {
      const name = statement.columnName(index);
      const node = group.columns.find((column) => column.name === name);
      const isNull =
        node === undefined ? [] : leavesOf(node).map((leaf) => leaf.logical?.startsWith("NullType") === true);
      const shape = withNulls(shapeOf(statement.columnType(index), session.duckdb.DuckDBTypeId), isNull);
      return { group, name, shape };
    });
  } finally {
    statement.destroySync();
  }
}

/** In the order in which the names are first met. */
function byName(table: string, found: readonly FoundColumn[]): Map<string, FoundColumn[]> {
  const columns = new Map<string, FoundColumn[]>();
  const spellings = new Map<string, FoundColumn>();
  for (const column of found) {
    const other = spellings.get(column.name.toLowerCase());
    if (other !== undefined && other.name !== column.name) throw otherSpelling(table, other, column);
    spellings.set(column.name.toLowerCase(), column);
    const same = columns.get(column.name);
    if (same === undefined) columns.set(column.name, [column]);
    else same.push(column);
  }
  return columns;
}

/** The first shape that every value of every file can be cast to and back. */
async function firstThatFits(
  session: DuckdbSession,
  candidates: readonly ColumnShape[],
  columns: readonly FoundColumn[],
): Promise<ColumnShape | undefined> {
  for (const candidate of candidates) {
    const fits = await Promise.all(columns.map((column) => fitsAll(session, candidate, column)));
    if (fits.every(Boolean)) return candidate;
  }
  return undefined;
}

async function fitsAll(session: DuckdbSession, candidate: ColumnShape, column: FoundColumn): Promise<boolean> {
  const [own, wanted] = [shapeSql(column.shape), shapeSql(candidate)];
  if (own === wanted || column.shape.kind === "null") return true;
  const name = quoteIdentifier(column.name);
  const back = `TRY_CAST(TRY_CAST(${name} AS ${wanted}) AS ${own})`;
  // -0.0 equals 0.0, but as text.
  const differs = /FLOAT|DOUBLE/.test(own)
    ? `${name}::VARCHAR IS DISTINCT FROM ${back}::VARCHAR`
    : `${name} IS DISTINCT FROM ${back}`;
  const lost = await session.query(
    `SELECT 1 FROM read_parquet(${fileList(column.group.files)}, hive_partitioning = false) WHERE ${differs} LIMIT 1`,
  );
  return lost.length === 0;
}

function otherSpelling(table: string, one: FoundColumn, other: FoundColumn): Error {
  const [first, second] = [one, other].map(({ name, group }) => `"${name}" in ${group.files[0]}`);
  return tableUnreadable(
    table,
    other.group.files[0],
    `its files spell a column ${first} and ${second}, and SQL cannot distinguish the two. Write the files again with one spelling`,
  );
}

/** Two files whose types differ, and how to read both. */
function incompatible(table: string, name: string, path: string, columns: readonly FoundColumn[]): Error {
  const [first, second] = differing(columns);
  const described = [first, second].map(({ shape, group }) => `${shapeSql(shape)} in ${group.files[0]}`);
  const at = path === "" ? "" : ` (they differ at ${name}${path})`;
  const column = quoteIdentifier(name);
  return tableUnreadable(
    table,
    second.group.files[0],
    `the column "${name}" is ${described[0]}, and ${described[1]}${at}; no type holds the values of both exactly. ` +
      "Write one of them again, or cast in the SQL: " +
      `SELECT * REPLACE (CAST(${column} AS VARCHAR) AS ${column}) FROM read_parquet('…') UNION ALL BY NAME the same of the other files`,
  );
}

function differing(columns: readonly FoundColumn[]): readonly [FoundColumn, FoundColumn] {
  const known = columns.filter(({ shape }) => shape.kind !== "null");
  for (const [index, one] of known.entries()) {
    for (const other of known.slice(index + 1)) {
      const candidates = unifyShapes([one.shape, other.shape]);
      if ("conflict" in candidates || !candidates.exact) return [one, other];
    }
  }
  const [first, ...others] = known as [FoundColumn, ...FoundColumn[]];
  return [first, others[0] ?? first];
}

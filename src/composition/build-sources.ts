import type { RowsInput } from "../adapters/sources/rows/for-each-row.ts";
import { createRowsSource } from "../adapters/sources/rows/rows-source.ts";
import type { SqlSourceOptions } from "../adapters/sources/sql/sql-source.ts";
import { createSqlSource } from "../adapters/sources/sql/sql-source.ts";
import type { FrameSource } from "../core/ports/frame-source.ts";
import { openStore } from "./open-stores.ts";

/**
 * A source of rows that your code reads: an array of objects, or an iterable or async iterable of them, for sources that build on it. Types come from
 * all rows, and memory does not grow with them. An iterable is read once, by the first call.
 *
 * @example
 * create: ({ url }) => rowsSource(readPages(url))
 */
export function rowsSource(rows: RowsInput): FrameSource {
  return createRowsSource(rows);
}

/**
 * A source of a query over files, here or on S3, for sources that build on it.
 *
 * @example
 * create: ({ day }, { baseDirectory }) =>
 *   querySource({ sql: "FROM t WHERE day = $day", tables: { t: "events/" }, parameters: { day }, baseDirectory })
 */
export function querySource(query: QuerySourceOptions): FrameSource {
  return createSqlSource({ ...query, openStore });
}

export type QuerySourceOptions = Pick<
  SqlSourceOptions,
  "sql" | "tables" | "parameters" | "baseDirectory" | "memoryLimitMb"
>;

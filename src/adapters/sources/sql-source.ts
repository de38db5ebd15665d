import type { Column, ExtractedTable, FrameSource } from "../../core/ports/frame-source.ts";
import type { DuckdbSession } from "./duckdb-session.ts";
import { withDuckdb } from "./duckdb-session.ts";
import { DESCRIBE_PREFIX, describeSelect, exactSelect } from "./exact-select.ts";
import { extractionError } from "./extraction-error.ts";
import { registerTables } from "./register-tables.ts";
import type { Tables } from "./table-definition.ts";
import { COPY_PREFIX, writeParquet } from "./write-parquet.ts";

export type SqlSourceOptions = {
  /** The names that the SQL may use, and where each table is. */
  readonly tables: Tables;
  /** One query in DuckDB's dialect. */
  readonly sql: string;
  /** Absolute folder that relative paths are relative to. */
  readonly baseDirectory: string;
  /** Where results that exceed the memory limit are spilled to. Default: the system's. */
  readonly temporaryDirectory?: string | undefined;
  /** Memory limit of the query in MB (10^6 bytes). Default 256. */
  readonly memoryLimitMb?: number | undefined;
};

/** Rows from a query over files. Every call opens a database of its own in memory, so nothing of the user's is ever written. */
export function createSqlSource(options: SqlSourceOptions): FrameSource {
  return {
    kind: "sql",
    describe: (signal) => withDuckdb(options, signal, (session) => describe(session, options)),
    extract: (target, { signal, limit }) =>
      withDuckdb(options, signal, (session) => extract(session, options, target, limit)),
  };
}

async function describe(session: DuckdbSession, options: SqlSourceOptions): Promise<readonly Column[]> {
  return runSelect(session, options, DESCRIBE_PREFIX, (select) => describeSelect(session, select));
}

async function extract(
  session: DuckdbSession,
  options: SqlSourceOptions,
  target: string,
  limit: number | undefined,
): Promise<ExtractedTable> {
  return runSelect(session, options, COPY_PREFIX, (select) =>
    writeParquet(session, limit === undefined ? select : `${select} LIMIT ${limit}`, target),
  );
}

async function runSelect<T>(
  session: DuckdbSession,
  options: SqlSourceOptions,
  prefix: string,
  run: (select: string) => Promise<T>,
): Promise<T> {
  const tables = await registerTables(session, options.tables, options.baseDirectory);
  const user = { sql: options.sql, tables: tables.map(({ name }) => name) };
  const select = await exactSelect(session, user);
  try {
    return await run(select.sql);
  } catch (error) {
    session.signal.throwIfAborted();
    const prefixBytes = Buffer.byteLength(prefix);
    throw extractionError(error, { user, select, tables, memoryLimitMb: options.memoryLimitMb, prefixBytes });
  }
}

import type { FrameSource, SourceContext } from "../../../core/ports/frame-source.ts";
import type { OpenStore } from "../../../core/ports/object-store.ts";
import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { withDuckdb } from "../../duckdb/duckdb-session.ts";
import { withEnoughMemory } from "../../duckdb/memory-limits.ts";
import { createRemoteTables } from "../tables/remote-tables.ts";
import type { SourceMemory } from "../tables/source-memory.ts";
import { createSourceMemory } from "../tables/source-memory.ts";
import type { Tables } from "../tables/table-definition.ts";
import { columnNames } from "./columns/column-names.ts";
import type { ExactSelect } from "./columns/exact-select.ts";
import { DESCRIBE_PREFIX, describeSelect, exactSelect } from "./columns/exact-select.ts";
import { extractionError } from "./extraction-error.ts";
import type { SqlParameters } from "./query/sql-parameters.ts";
import { withParameters } from "./query/sql-parameters.ts";
import { withUsedTables } from "./query/used-tables.ts";
import { COPY_PREFIX, writeParquet } from "./write-parquet.ts";

export type SqlSourceOptions = {
  /** The names that the SQL may use, and where each table is. */
  readonly tables: Tables;
  /** One query in DuckDB's dialect. */
  readonly sql: string;
  /** Values of `$name` in the SQL. */
  readonly parameters?: SqlParameters | undefined;
  /** Absolute folder that relative paths are relative to. */
  readonly baseDirectory: string;
  /** Where results that exceed the memory limit are spilled to. Default: the system's. */
  readonly temporaryDirectory?: string | undefined;
  /** Memory limit of the query in MB (10^6 bytes). Default: little, and half of the machine's if that is not enough. */
  readonly memoryLimitMb?: number | undefined;
  /** Opens the store of a table whose path is not on this machine. Without it such paths are rejected. */
  readonly openStore?: OpenStore | undefined;
};

/** Rows from a query over files. Every call opens its own database in memory, so the user's files are never written. */
export function createSqlSource(options: SqlSourceOptions): FrameSource {
  const memory = createSourceMemory();
  return {
    describe: (context) =>
      runSelect(options, memory, context, DESCRIBE_PREFIX, (session, { sql }) => describeSelect(session, sql)),
    extract: (target, { limit, ...context }) =>
      runSelect(options, memory, context, COPY_PREFIX, (session, select) =>
        writeParquet(session, select, target, limit),
      ),
  };
}

/**
 * Registers the tables that the SQL uses, checks the SQL, and runs it in a statement that begins with `prefix`. Tables of a store are downloaded
 * once, even if the query is run again with more memory.
 */
async function runSelect<T>(
  options: SqlSourceOptions,
  memory: SourceMemory,
  context: SourceContext,
  prefix: string,
  run: (session: DuckdbSession, select: ExactSelect) => Promise<T>,
): Promise<T> {
  const { signal, warn = () => undefined } = context;
  // A second attempt finds the same.
  const warned = new Set<string>();
  const warnOnce = (message: string): void => {
    if (!warned.has(message)) warn(remote.rename(message));
    warned.add(message);
  };
  const sqlNames = columnNames(options.sql, Object.keys(options.tables));
  const use = { memory, sqlNames, columnsOnly: prefix === DESCRIBE_PREFIX };
  const remote = createRemoteTables(options, use.columnsOnly, signal);
  try {
    return await withEnoughMemory(options.memoryLimitMb, (memoryLimitMb) =>
      withDuckdb({ ...options, memoryLimitMb }, { signal, warn: warnOnce }, async (database) => {
        const { parameters = {} } = options;
        const session = withParameters(database, parameters);
        const user = { sql: options.sql, tables: Object.keys(options.tables), parameters: Object.keys(parameters) };
        const bind = (): Promise<ExactSelect> => exactSelect(session, user);
        const { tables, result: select } = await withUsedTables(database, options, remote, use, bind);
        try {
          return await run(session, select);
        } catch (error) {
          signal.throwIfAborted();
          throw extractionError(error, { user, select, tables, memoryLimitMb, prefixBytes: Buffer.byteLength(prefix) });
        }
      }),
    );
  } catch (error) {
    throw remote.named(error);
  } finally {
    await remote.close();
  }
}

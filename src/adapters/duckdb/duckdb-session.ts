import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBPreparedStatement, DuckDBResultReader } from "@duckdb/node-api";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { SourceContext } from "../../core/ports/frame-source.ts";

type Duckdb = typeof import("@duckdb/node-api");

export type DuckdbSettings = {
  /** Relative files that the SQL itself reads are looked for here. */
  readonly baseDirectory: string;
  /** Where intermediate results go that exceed the memory limit. Default: the system's. */
  readonly temporaryDirectory?: string | undefined;
  /** DuckDB's own buffers, in MB (10^6 bytes); what it holds in addition comes on top. */
  readonly memoryLimitMb: number;
};

/** One open in-memory database, thrown away after use. */
export type DuckdbSession = {
  readonly duckdb: Duckdb;
  readonly connection: DuckDBConnection;
  readonly signal: AbortSignal;
  /** Reports what the user should know of a table and is not an error. */
  readonly warn: (message: string) => void;
  /** A folder for files that the session reads, made by the first call and removed with the session. */
  scratchFolder(): Promise<string>;
  /** Runs one statement, which `bind` may give values, and returns its result. */
  run(sql: string, bind?: (statement: DuckDBPreparedStatement) => void): Promise<DuckDBResultReader>;
  /** Runs one statement and returns its rows, each an object of plain JSON values (integers above 32 bits are strings). */
  query(sql: string): Promise<Record<string, unknown>[]>;
};

/** Opens a database, lets `work` use it, and removes it with everything that it spilled. */
export async function withDuckdb<T>(
  settings: DuckdbSettings,
  { signal, warn = () => undefined }: SourceContext,
  work: (session: DuckdbSession) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const duckdb = await loadDuckdb();
  const temporaryDirectory = settings.temporaryDirectory ?? tmpdir();
  await mkdir(temporaryDirectory, { recursive: true });
  const spill = join(temporaryDirectory, `duckdb-${randomUUID()}`);
  const scratch = `${spill}-tables`;
  // DuckDB would make it readable to everyone.
  await mkdir(spill, { mode: 0o700 });
  let instance: DuckDBInstance | undefined;
  let connection: DuckDBConnection | undefined;
  try {
    instance = await duckdb.DuckDBInstance.create(":memory:", configuration(settings, spill));
    connection = await instance.connect();
    const session = createSession(duckdb, connection, signal, warn, scratch);
    // Answers must not depend on the zone of the machine that a run happens to use.
    await session.query("SET TimeZone = 'UTC'");
    // The setting is a comma-separated list without an escape.
    if (!settings.baseDirectory.includes(",")) {
      await session.query(`SET file_search_path = '${settings.baseDirectory.replaceAll("'", "''")}'`);
    }
    return await work(session);
  } finally {
    connection?.closeSync();
    instance?.closeSync();
    await rm(spill, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}

async function loadDuckdb(): Promise<Duckdb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw duckdbMissing(cause);
  }
}

function duckdbMissing(cause: unknown): ScoreframeError {
  const message =
    "DuckDB, which reads tables and runs SQL, cannot be loaded: install @duckdb/node-api with its optional dependencies (npm ci).";
  return new ScoreframeError("DEPENDENCY_MISSING", message, { cause });
}

function configuration(settings: DuckdbSettings, spill: string): Record<string, string> {
  return {
    // Nothing is downloaded or loaded that the user did not install.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    // Gives the position of a mistake as a number instead of a drawing that is cut at 80 characters.
    errors_as_json: "true",
    preserve_insertion_order: "true",
    memory_limit: `${settings.memoryLimitMb}MB`,
    // Every thread holds its own buffers, so more of them would not fit in the default limit.
    threads: String(Math.min(4, Math.max(2, availableParallelism()))),
    temp_directory: spill,
  };
}

function createSession(
  duckdb: Duckdb,
  connection: DuckDBConnection,
  signal: AbortSignal,
  warn: (message: string) => void,
  scratch: string,
): DuckdbSession {
  const run: DuckdbSession["run"] = async (sql, bind) => {
    if (bind === undefined) return interruptible(connection, signal, () => connection.runAndReadAll(sql));
    const statement = await connection.prepare(sql);
    try {
      bind(statement);
      return await interruptible(connection, signal, () => statement.runAndReadAll());
    } finally {
      statement.destroySync();
    }
  };
  return {
    duckdb,
    connection,
    signal,
    warn,
    async scratchFolder() {
      // No other user may read what is copied there.
      await mkdir(scratch, { recursive: true, mode: 0o700 });
      return scratch;
    },
    run,
    async query(sql) {
      return (await run(sql)).getRowObjectsJson();
    },
  };
}

/** An interrupt that arrives before the statement has begun is lost, so it is repeated until the statement ends. */
async function interruptible<T>(connection: DuckDBConnection, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let repeat: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    repeat ??= setInterval(interrupt, 20);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await run();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearInterval(repeat);
  }
}

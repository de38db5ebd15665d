import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createRowsSource } from "../../../src/adapters/sources/rows/rows-source.ts";
import type { SqlParameters } from "../../../src/adapters/sources/sql/query/sql-parameters.ts";
import { createSqlSource } from "../../../src/adapters/sources/sql/sql-source.ts";
import type { Tables } from "../../../src/adapters/sources/tables/table-definition.ts";
import type { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";
import type { ExtractedTable, FrameSource } from "../../../src/core/ports/frame-source.ts";

/** A new folder, sources that read from it, and DuckDB to read the result. */
export type SourceBench = {
  readonly folder: string;
  readonly target: string;
  readonly signal: AbortSignal;
  write(name: string, content: string | Uint8Array): Promise<string>;
  sql(sql: string, tables?: Tables, options?: { memoryLimitMb?: number; parameters?: SqlParameters }): FrameSource;
  rows(input: Parameters<typeof createRowsSource>[0]): FrameSource;
  /** Extracts and reads everything back. */
  extract(
    source: FrameSource,
    limit?: number,
    warn?: (message: string) => void,
  ): Promise<ExtractedTable & { readonly values: unknown[][] }>;
  /** The error that extracting ends with. */
  failure(source: FrameSource, signal?: AbortSignal): Promise<ScoreframeError>;
  /** Runs a statement in a DuckDB that has nothing to do with the source. */
  query(sql: string): Promise<unknown[][]>;
  files(): Promise<string[]>;
  close(): Promise<void>;
};

export async function openSourceBench(): Promise<SourceBench> {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-sources-"));
  const temporaryDirectory = join(folder, "temporary");
  const target = join(folder, "extracted", "table.parquet");
  const instance = await DuckDBInstance.create(":memory:", { file_search_path: folder });
  const connection = await instance.connect();
  const signal = new AbortController().signal;

  async function query(sql: string): Promise<unknown[][]> {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  }

  return {
    folder,
    target,
    signal,
    query,
    async write(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    sql: (sql, tables = {}, options = {}) =>
      createSqlSource({ sql, tables, baseDirectory: folder, temporaryDirectory, ...options }),
    rows: (input) => createRowsSource(input, { baseDirectory: folder, temporaryDirectory }),
    async extract(source, limit, warn = () => undefined) {
      const table = await source.extract(target, { signal, warn, ...(limit === undefined ? {} : { limit }) });
      return { ...table, values: await query(`FROM read_parquet('${target}')`) };
    },
    async failure(source, failing = signal) {
      return source.extract(target, { signal: failing }).then(
        () => Promise.reject(new Error("The extraction succeeded.")),
        (error: ScoreframeError) => error,
      );
    },
    async files() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true });
    },
  };
}

import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createFolderOutput } from "../../../src/adapters/table-output/folder/folder-output.ts";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { TableManifest } from "../../../src/core/domain/table-manifest.ts";
import type { TableOutput } from "../../../src/core/ports/table-output.ts";
import { findLossyCasts } from "../../../src/core/stages/extract/worker/lossy-casts.ts";
import { readParquetSchema } from "../../../src/core/stages/extract/worker/parquet-schema.ts";
import type { Publication, PublishedTable } from "../../../src/core/stages/publish/publish.ts";
import { publishTable } from "../../../src/core/stages/publish/publish.ts";
import { compactPartitions } from "../../../src/core/stages/publish/worker/compact-partitions.ts";

const duckdb = await (await DuckDBInstance.create()).connect();

/** Rows of a query in DuckDB, as JSON values (int64 as numbers or strings). */
export async function query(sql: string): Promise<unknown[]> {
  const reader = await duckdb.runAndReadAll(sql);
  return reader.getRowsJson();
}

export type TableFixture = Awaited<ReturnType<typeof createTable>>;

/** A table in a folder of its own, with the shards that are published into it. */
export async function createTable(partitionBy: readonly string[] = []) {
  const base = mkdtempSync(join(tmpdir(), "publish-"));
  const path = join(base, "table [a]*");
  let shards = 0;
  return {
    path,
    base,
    /** A stitched shard whose rows are the query's, which must have a column `id` for their order. */
    shard: (sql: string): Promise<StitchedShard> =>
      writeShard(join(base, `shard-${shards}.parquet`), shards++, sql, partitionBy),
    publish: (shards: StitchedShard[], changes: Partial<Publication> = {}): Promise<PublishedTable> =>
      publishInto(createFolderOutput(path, { now: Date.now }), partitionBy, shards, changes),
    manifest: (): TableManifest => JSON.parse(readFileSync(join(path, "_manifest.json"), "utf8")) as TableManifest,
    /** All files below the table that do not begin with `_`, in order. */
    files: (): string[] => visibleFiles(path),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

/** Publishes shards as a run does, with its lock. */
export async function publishInto(
  output: TableOutput,
  partitionBy: readonly string[],
  shards: readonly StitchedShard[],
  changes: Partial<Publication> = {},
): Promise<PublishedTable> {
  const publication: Publication = {
    runId: "run-1",
    job: "scores",
    ifExists: "overwrite_partitions",
    format: "parquet",
    partitionBy,
    shards,
    scoredRows: shards.reduce((sum, shard) => sum + shard.rows, 0),
    ...changes,
  };
  const lock = await output.lock(publication.runId);
  try {
    return await publishTable(publication, {
      output,
      lock,
      compact: async (task) => compactPartitions(task),
      findLossyCasts: async (check) => findLossyCasts(check),
    });
  } finally {
    await lock.release();
  }
}

/** For a DuckDB list of files: a path may hold glob characters, so readers name files one by one. */
export function fileList(table: TableFixture, paths: readonly string[]): string {
  return `[${paths.map((path) => `'${join(table.path, path).replaceAll("'", "''").replaceAll("[", "[[]").replace("]*", "][*]")}'`).join(", ")}]`;
}

async function writeShard(
  path: string,
  shard: number,
  sql: string,
  partitionBy: readonly string[],
): Promise<StitchedShard> {
  const keys = partitionBy.map((name) => `"${name}"`);
  const order = [...keys.map((key) => `${key} nulls first`), "id"].join(", ");
  await duckdb.run(`copy (select * from (${sql}) order by ${order}) to '${path}' (format parquet, compression zstd)`);
  const rows = Number(((await query(`select count(*)::int from '${path}'`))[0] as unknown[])[0]);
  const partitions = keys.length === 0 ? [{ values: [], offset: 0, rows }] : await runs(path, keys);
  return { shard, path, rows, schema: readParquetSchema(path), partitions };
}

async function runs(path: string, keys: string[]): Promise<StitchedShard["partitions"]> {
  const texts = keys.map((key) => `${key}::varchar`).join(", ");
  const order = keys.map((key) => `${key} nulls first`).join(", ");
  const counted = await query(
    `select [${texts}], count(*)::int from '${path}' group by ${keys.join(", ")} order by ${order}`,
  );
  let offset = 0;
  return counted.map((row) => {
    const [values, rows] = row as [(string | null)[], number];
    offset += rows;
    return { values, offset: offset - rows, rows };
  });
}

function visibleFiles(folder: string): string[] {
  return (readdirSync(folder, { recursive: true, withFileTypes: true }) as import("node:fs").Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith("_"))
    .sort();
}

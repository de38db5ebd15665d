import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { cacheFolder } from "../cache-folder.ts";

/** The path of a query's result as Parquet in the cache; the query runs if the file is missing. `name` must change with the query. */
export async function writeOnce(name: string, sql: string): Promise<string> {
  const folder = join(cacheFolder(), "data");
  const path = join(folder, `${name}.parquet`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`COPY (${sql}) TO '${path}.unfinished' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  renameSync(`${path}.unfinished`, path);
  return path;
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const duckdb = await (await DuckDBInstance.create()).connect();

/** A folder for one test's files. */
export type Lab = ReturnType<typeof createLab>;

export function createLab() {
  const folder = mkdtempSync(join(tmpdir(), "frames-"));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    write(name: string, content: string | Buffer): string {
      writeFileSync(path(name), content);
      return path(name);
    },
    /** A Parquet file with the rows of a query, written by DuckDB. */
    async parquet(name: string, sql: string): Promise<string> {
      await duckdb.run(`copy (${sql}) to '${path(name)}' (format parquet)`);
      return path(name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Rows of a query as objects; integers beyond 32 bits come as text, nothing is rounded. */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  return (await duckdb.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
}

/** The rows of a Parquet file as DuckDB reads them. */
export function readParquet(path: string, columns = "*"): Promise<Record<string, unknown>[]> {
  return query(`select ${columns} from read_parquet('${path.replaceAll("'", "''")}')`);
}

/** The lines of a text file. */
export function readText(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

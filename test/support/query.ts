import { DuckDBInstance } from "@duckdb/node-api";

/** Rows of a query by DuckDB: the other engine that judges what ours has written. Values as text, so that no digit is lost. */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

import { DuckDBInstance } from "@duckdb/node-api";
import type { RunOutcome } from "../../src/index.ts";

/** The code with which the one row of a run was rejected before it was sent: that of its dead letter, or of the run's own error. */
export async function whyNotSent({ report, error }: RunOutcome): Promise<string> {
  if (report.dead_letter === null) return error?.code ?? "";
  const connection = await (await DuckDBInstance.create()).connect();
  const reader = await connection.runAndReadAll(`SELECT _error_code FROM '${report.dead_letter.path}/*.parquet'`);
  const [[code] = []] = reader.getRowsJS();
  connection.closeSync();
  return String(code);
}

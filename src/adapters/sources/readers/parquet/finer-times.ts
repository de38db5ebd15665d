import { createFramePool } from "../../../../core/worker/frame-pool.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { TableInput } from "../../tables/table-input.ts";
import type { ParquetNode, SchemaGroup } from "./parquet-schema.ts";
import { fileList, leavesOf } from "./parquet-schema.ts";

/**
 * DuckDB keeps microseconds of INT96, of a time of day and of a timestamp with a zone, and cuts off what is below. Polars, which keeps nanoseconds, looks whether
 * there is any. A timestamp of nanoseconds without a zone keeps them.
 */
export async function rejectFinerTimes(
  session: DuckdbSession,
  { name, found }: TableInput,
  groups: readonly SchemaGroup[],
): Promise<void> {
  const suspects = groups.flatMap(({ files, columns }) =>
    columns.flatMap((column) =>
      leavesOf(column)
        .filter(isCut)
        .map((leaf) => ({ files, column: column.name, leaf })),
    ),
  );
  if (suspects.length === 0) return;
  const bySpark = new Set(suspects.some(({ leaf }) => isInt96(leaf)) ? await filesOfSpark(session, found.files) : []);
  await found.loadRows();
  const pool = createFramePool();
  try {
    for (const { files, column, leaf } of suspects) {
      const others = files.filter((file) => !(isInt96(leaf) && bySpark.has(file)));
      const finer = await pool.run("findFinerTimes", { files: others, columns: [column] }, session.signal);
      if (finer !== null) throw tooFine(name, finer.file, column, leaf);
    }
  } finally {
    await pool.close();
  }
}

function isInt96({ physical }: ParquetNode): boolean {
  return physical === "INT96";
}

function isCut(leaf: ParquetNode): boolean {
  return (
    isInt96(leaf) || /^(?:TimeType\(|TimestampType\(isAdjustedToUTC=1).*NANOS=NanoSeconds/.test(leaf.logical ?? "")
  );
}

/** Spark's INT96 holds microseconds. Its years may lie beyond those that nanoseconds reach. */
async function filesOfSpark(session: DuckdbSession, files: readonly string[]): Promise<string[]> {
  const rows = await session.query(
    `SELECT DISTINCT file_name FROM parquet_kv_metadata(${fileList(files)}) WHERE key = 'org.apache.spark.version'::BLOB`,
  );
  return rows.map((row) => String(row["file_name"]));
}

function tooFine(table: string, file: string, column: string, leaf: ParquetNode): Error {
  const type = isInt96(leaf) ? "INT96" : leaf.logical?.startsWith("TimeType") ? "TIME(NANOS)" : "TIMESTAMP(NANOS, UTC)";
  const range = isInt96(leaf) ? ", or years before 1678 or after 2261" : "";
  return tableUnreadable(
    table,
    file,
    `its column "${column}" is ${type} and holds digits below a microsecond${range}, which would be cut off. ` +
      "Write it again in microseconds, or as a timestamp of nanoseconds without a zone, which keeps them",
  );
}

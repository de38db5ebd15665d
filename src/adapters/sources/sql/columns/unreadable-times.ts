import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { Column } from "../../../../core/ports/frame-source.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/find/table-files.ts";

/**
 * Rejects what DuckDB stores and Polars cannot show: infinite dates and timestamps, years beyond 262142 (both end its worker), and the time
 * 24:00:00 (it becomes null). The file's statistics show these values, so no row is read again.
 */
export async function assertReadableTimes(
  session: DuckdbSession,
  file: string,
  columns: readonly Column[],
): Promise<void> {
  if (!columns.some((column) => /DATE|TIME/.test(column.type))) return;
  const [found] = await session.query(`
    SELECT path_in_schema AS path, value
    FROM (
      SELECT path_in_schema, unnest([stats_min_value, stats_max_value]) AS value
      FROM parquet_metadata(${quoteText(escapeGlob(file))}) WHERE type IN ('INT32', 'INT64')
    )
    WHERE value IN ('infinity', '-infinity', '24:00:00')
       OR TRY_CAST(value AS DATE) NOT BETWEEN DATE '262143-01-01 (BC)' AND DATE '262142-12-31'
    LIMIT 1`);
  if (found === undefined) return;
  const path = String(found["path"]);
  const value = String(found["value"]);
  const column = columns.find(({ name }) => path === name || path.startsWith(`${name}, `))?.name ?? path;
  throw new ScoreframeError(
    "SOURCE_FAILED",
    `The column "${column}" holds the value ${value}, which cannot be kept: write ${hintFor(value, quoteIdentifier(column))} in the SQL.`,
    { operation: "extract", details: { column, value } },
  );
}

function hintFor(value: string, name: string): string {
  return value === "24:00:00"
    ? `nullif(${name}, TIME '24:00:00') AS ${name}`
    : `CASE WHEN isfinite(${name}) THEN ${name} END AS ${name}, or a condition that keeps the year within 262142,`;
}

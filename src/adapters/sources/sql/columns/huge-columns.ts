import { rename } from "node:fs/promises";
import { readDuckdbError } from "../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/find/table-files.ts";
import type { ExactSelect } from "./exact-select.ts";
import { describeSelect } from "./exact-select.ts";

/** Whether a query failed because a HUGEINT does not fit the BIGINT that it was to become (or because of such a cast of the user's own). */
export function isBeyond64Bits(thrown: unknown): boolean {
  return /Type U?INT128 with value .* out of range for the destination type INT64/.test(readDuckdbError(thrown).text);
}

/**
 * Rewrites a file of `select.wide` so that only those columns stay DECIMAL(38,0) that hold a value of more than 64 bits, and reports these. Reads the
 * file, not the source.
 */
export async function narrowHugeColumns(
  session: DuckdbSession,
  select: ExactSelect,
  file: string,
  copy: (sql: string, to: string) => Promise<unknown>,
): Promise<void> {
  const from = `FROM read_parquet(${quoteText(escapeGlob(file))})`;
  const narrow = await describeSelect(session, select.sql);
  const wide = await describeSelect(session, (select.wide ?? select).sql);
  const huge = narrow.filter(({ name }) => select.hugeColumns.includes(name));
  const fits = huge.map(({ name, type }, index) => {
    const column = quoteIdentifier(name);
    return `bool_and(${column} IS NOT DISTINCT FROM TRY_CAST(${column} AS ${type})) AS c${index}`;
  });
  const [found] = await session.query(`SELECT ${fits.join(", ")} ${from}`);
  const stays = new Set(huge.filter((_, index) => found?.[`c${index}`] === false).map(({ name }) => name));
  for (const name of stays) {
    session.warn(`The column "${name}" holds whole numbers of more than 64 bits: it is DECIMAL(38,0), and not BIGINT.`);
  }
  if (stays.size === huge.length) return;
  // Every column is cast: a type that was written is not always the one that is read (TIMESTAMP_MS).
  const columns = narrow.map(({ name, type }, index) => {
    const column = quoteIdentifier(name);
    return `CAST(${column} AS ${stays.has(name) ? wide[index]?.type : type}) AS ${column}`;
  });
  await copy(`SELECT ${columns.join(", ")} ${from}`, `${file}.narrow`);
  await rename(`${file}.narrow`, file);
}

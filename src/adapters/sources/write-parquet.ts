import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ExtractedTable } from "../../core/ports/frame-source.ts";
import type { DuckdbSession } from "./duckdb-session.ts";
import { describeSelect } from "./exact-select.ts";
import { quoteText } from "./sql-quoting.ts";
import { escapeGlob } from "./table-files.ts";
import { refuseUnreadableTimes } from "./unreadable-times.ts";

/**
 * Measured with 3M and 30M rows: small row groups make slices of 10-50 thousand rows cheapest to read (a slice reads whole groups) and hold
 * the least memory while writing; LZ4 costs as little time as no compression at a third of the bytes. 20,480 = 10 vectors of DuckDB.
 */
const FORMAT = "FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 20480";

/** Runs the query into a Parquet file that is whole or not there. */
export async function writeParquet(session: DuckdbSession, select: string, target: string): Promise<ExtractedTable> {
  const path = resolve(target);
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const [answer] = await session.query(`${COPY_PREFIX}${select}) TO ${quoteText(unfinished)} (${FORMAT})`);
    const columns = await describeSelect(session, `SELECT * FROM read_parquet(${quoteText(escapeGlob(unfinished))})`);
    await refuseUnreadableTimes(session, unfinished, columns);
    await rename(unfinished, path);
    return { path, rows: Number(answer?.["Count"]), columns };
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** What stands before the query in the statement that is run; positions in errors count from its beginning. */
export const COPY_PREFIX = "COPY (";

import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { isStorageFailure, storageError } from "../../../core/errors/storage-error.ts";
import type { ExtractedTable } from "../../../core/ports/frame-source.ts";
import { makeFolder } from "../../../core/util/make-folder.ts";
import { readDuckdbError } from "../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { quoteText } from "../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../tables/find/table-files.ts";
import type { ExactSelect } from "./columns/exact-select.ts";
import { describeSelect } from "./columns/exact-select.ts";
import { isBeyond64Bits, narrowHugeColumns } from "./columns/huge-columns.ts";
import { assertReadableTimes } from "./columns/unreadable-times.ts";

/**
 * Measured with 3M and 30M rows: small row groups make slices of 10-50 thousand rows cheapest to read (a slice reads whole groups) and hold
 * the least memory while writing; LZ4 costs as little time as no compression at a third of the bytes. 20,480 = 10 vectors of DuckDB. No dictionaries: DuckDB's
 * hold one entry for 0.0 and -0.0, and every zero of a row group would become the one that came first.
 */
const FORMAT = "FORMAT parquet, COMPRESSION lz4, ROW_GROUP_SIZE 20480, DICTIONARY_SIZE_LIMIT 0";

/** Writes the query's rows to a Parquet file, which is complete or missing. `limit` keeps only the first rows. */
export async function writeParquet(
  session: DuckdbSession,
  select: ExactSelect,
  target: string,
  limit: number | undefined,
): Promise<ExtractedTable> {
  const path = resolve(target);
  const unfinished = `${path}.${randomUUID()}.unfinished`;
  const copy = (sql: string, to: string): Promise<Record<string, unknown>[]> =>
    session.query(`${COPY_PREFIX}${sql}) TO ${quoteText(to)} (${FORMAT})`);
  const limited = ({ sql }: ExactSelect): string => (limit === undefined ? sql : `${sql} LIMIT ${limit}`);
  try {
    await makeFolder(dirname(path));
    const [answer] = await copy(limited(select), unfinished).catch(async (thrown: unknown) => {
      if (select.wide === null || !isBeyond64Bits(thrown)) throw thrown;
      const written = await copy(limited(select.wide), unfinished);
      await narrowHugeColumns(session, select, unfinished, copy);
      return written;
    });
    const columns = await describeSelect(session, `SELECT * FROM read_parquet(${quoteText(escapeGlob(unfinished))})`);
    await assertReadableTimes(session, unfinished, columns);
    await rename(unfinished, path);
    return { path, rows: Number(answer?.["Count"]), columns };
  } catch (thrown) {
    throw diskError(thrown, { path, unfinished }) ?? thrown;
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The query was right and a disk failed: that of the file, or that of the spilled data. */
function diskError(
  thrown: unknown,
  { path, unfinished }: { path: string; unfinished: string },
): ScoreframeError | null {
  if (isStorageFailure(thrown)) return storageError(path, "write", thrown);
  const { text } = readDuckdbError(thrown);
  const said =
    /No space left on device|Disk quota exceeded|Read-only file system|File too large|Input\/output error/.exec(text);
  const file = /"(\/[^"]+)"/.exec(text)?.[1];
  if (said === null || !/\bwrit/i.test(text)) return null;
  return storageError(
    file === undefined || file === unfinished ? path : file,
    "write",
    new Error(said[0], { cause: thrown }),
  );
}

/** What precedes the query in the statement that is run; positions in errors count from its beginning. */
export const COPY_PREFIX = "COPY (";

import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import { fileList } from "./parquet-schema.ts";

export function encrypted(table: string, file: string, cause?: unknown): ScoreframeError {
  return tableUnreadable(
    table,
    file,
    "it is encrypted, and encrypted Parquet files cannot be read. Write it again without encryption",
    cause,
  );
}

/** A file may have a footer that can be read, and columns that are encrypted: DuckDB takes their bytes for damaged ones. */
export async function rejectEncrypted(session: DuckdbSession, table: string, files: readonly string[]): Promise<void> {
  const file = await firstEncrypted(session, files);
  if (file !== undefined) throw encrypted(table, file);
}

/** DuckDB cannot show what kind of encryption a file has, so its failure is the test. */
async function firstEncrypted(session: DuckdbSession, files: readonly string[]): Promise<string | undefined> {
  try {
    const [found] = await session.query(
      `SELECT file_name FROM parquet_file_metadata(${fileList(files)}) WHERE encryption_algorithm IS NOT NULL LIMIT 1`,
    );
    return found === undefined ? undefined : String(found["file_name"]);
  } catch (error) {
    session.signal.throwIfAborted();
    if (!/unicode/i.test(readDuckdbError(error).text)) throw error;
    if (files.length === 1) return files[0];
    const middle = Math.ceil(files.length / 2);
    return (
      (await firstEncrypted(session, files.slice(0, middle))) ?? (await firstEncrypted(session, files.slice(middle)))
    );
  }
}

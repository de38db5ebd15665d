import { readDuckdbError } from "../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteText } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/table-files.ts";

/** What is fixed for every CSV file; a dialect that is found by sampling would change with the first quote after the sample. */
export const CSV_QUOTES = `quote = '"', escape = '"'`;

export type CsvDialect = {
  /** The first line of the table's first file. */
  readonly header: string;
  readonly delimiter: string | undefined;
  /** Options of read_csv. */
  readonly options: string;
};

/** What DuckDB takes the file for. `problem`: why not every line is a row of one table, as a clause. */
export type CsvShape =
  | { readonly problem: string }
  | { readonly problem: undefined; readonly hasHeader: boolean; readonly columns: readonly CsvColumn[] };

export type CsvColumn = { readonly name: string; readonly type: string };

export function csvFieldCount(line: string, delimiter: string): number {
  return line.replace(/"(?:[^"]|"")*"/g, "").split(delimiter).length;
}

export async function readCsvShape(session: DuckdbSession, file: string, dialect: CsvDialect): Promise<CsvShape> {
  const path = quoteText(escapeGlob(file));
  let found: Record<string, unknown> | undefined;
  try {
    [found] = await session.query(
      `SELECT "SkipRows" AS skipped, "HasHeader" AS header, "Columns" AS columns FROM sniff_csv(${path}, ${dialect.options})`,
    );
  } catch (error) {
    session.signal.throwIfAborted();
    return { problem: (await strictProblem(session, path, dialect)) ?? readDuckdbError(error).reason };
  }
  const skipped = Number(found?.["skipped"] ?? 0);
  if (skipped === 0) {
    return {
      problem: undefined,
      hasHeader: found?.["header"] === true,
      columns: (found?.["columns"] ?? []) as readonly CsvColumn[],
    };
  }
  const problem =
    (await strictProblem(session, path, dialect)) ??
    `only what comes after its first ${skipped} lines is a table. Remove them, or read the file in the SQL: FROM read_csv('…', skip = ${skipped})`;
  return { problem };
}

/** The sniffer only says that it found no dialect; a strict reading with the header's number of columns names the line. */
async function strictProblem(
  session: DuckdbSession,
  path: string,
  { header, delimiter }: CsvDialect,
): Promise<string | undefined> {
  if (delimiter === undefined) return undefined;
  const count = csvFieldCount(header, delimiter);
  const columns = Array.from({ length: count }, (_, index) => `'c${index}': 'VARCHAR'`).join(", ");
  const strict = `auto_detect = false, header = true, ${CSV_QUOTES}, delim = ${quoteText(delimiter)}, columns = {${columns}}`;
  try {
    await session.query(`SELECT count(c0) FROM read_csv(${path}, ${strict})`);
    return undefined;
  } catch (error) {
    session.signal.throwIfAborted();
    return readDuckdbError(error).reason;
  }
}

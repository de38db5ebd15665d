import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteText, quoteTexts } from "../../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import { escapeGlob } from "../../tables/table-files.ts";
import type { TableInput } from "../../tables/table-input.ts";
import { sampleSize } from "../sample-size.ts";
import { repeatedName } from "./csv-header.ts";
import { CSV_QUOTES, csvFieldCount, readCsvShape } from "./csv-shape.ts";
import { wideIntegerTypes } from "./wide-integers.ts";

const DELIMITERS = [",", "\t", ";", "|"] as const;

/**
 * A reader of CSV whose delimiter is taken from the first line, and whose files are known to have one shape. Left alone, DuckDB reads a file
 * with one ragged row as a single column, and skips lines until the rest fits, both without a word.
 */
export async function csvReader(
  session: DuckdbSession,
  { name, found, format, fileOptions }: TableInput,
): Promise<string> {
  const header = await firstLine(session, found.files[0] ?? "");
  const delimiter = format === "tsv" ? "\t" : delimiterOf(header);
  const sample = await sampleSize(found.files);
  const given = delimiter === undefined ? [] : [`delim = ${quoteText(delimiter)}`];
  const options = [CSV_QUOTES, ...given, `sample_size = ${sample}`].join(", ");
  const doubles = new Set<string>();
  for (const file of found.files) {
    const shape = await readCsvShape(session, file, { header, delimiter, options });
    if (shape.problem !== undefined) throw tableUnreadable(name, file, withMend(shape.problem));
    if (shape.hasHeader) refuseSameNames(name, file, await firstLine(session, file), delimiter);
    for (const column of shape.columns) if (column.type === "DOUBLE") doubles.add(column.name);
  }
  const files = quoteTexts(found.files.map(escapeGlob));
  const reader = (more: string) =>
    `read_csv(${files}, ${options}${more}, ${fileOptions}, union_by_name = ${found.files.length > 1})`;
  const wide = await wideIntegerTypes(session, reader(", all_varchar = true"), doubles, (reason) =>
    tableUnreadable(name, found.path, reason),
  );
  return reader(wide);
}

/** DuckDB would give the second one another name, without a word. */
function refuseSameNames(table: string, file: string, header: string, delimiter: string | undefined): void {
  const same = repeatedName(header, delimiter);
  if (same === undefined) return;
  const problem =
    same.first === same.second
      ? `its header has the name "${same.first}" twice`
      : `its header has the names "${same.first}" and "${same.second}", which differ in case only`;
  throw tableUnreadable(
    table,
    file,
    `${problem}. Rename one, or give all names in the SQL: FROM read_csv('…', names = ['…', '…'])`,
  );
}

async function firstLine(session: DuckdbSession, file: string): Promise<string> {
  // Not strict, because a cell may hold line ends of another kind than those of the rows, which count as bare ones here.
  const raw = `auto_detect = false, header = false, delim = e'\\x1f', quote = '', escape = '', strict_mode = false, columns = {'line': 'VARCHAR'}`;
  const rows = await session.query(`SELECT line FROM read_csv(${quoteText(escapeGlob(file))}, ${raw}) LIMIT 1`);
  return String(rows[0]?.["line"] ?? "");
}

/** What DuckDB says of a line has no mend. Lines are never left out here: whoever wants that says so in the SQL. */
function withMend(problem: string): string {
  if (!/error on line/i.test(problem)) return problem;
  return `${problem}\nMend the line, or read the file in the SQL with options that suit it: FROM read_csv('…', …)`;
}

/** The candidate that the line has most of outside quotes. */
function delimiterOf(line: string): string | undefined {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: csvFieldCount(line, delimiter) - 1 }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return best.count === 0 ? undefined : best.delimiter;
}

import { readDuckdbError } from "./duckdb-error.ts";
import type { DuckdbSession } from "./duckdb-session.ts";
import type { TableInput } from "./register-tables.ts";
import { sampleSize } from "./sample-size.ts";
import { quoteText, quoteTexts } from "./sql-quoting.ts";
import { tableUnreadable } from "./table-error.ts";
import { escapeGlob } from "./table-files.ts";

const DELIMITERS = [",", "\t", ";", "|"] as const;

/** What is fixed for every CSV file; a dialect that is found by sampling would change with the first quote after the sample. */
const QUOTES = `quote = '"', escape = '"'`;

/**
 * A reader of CSV whose delimiter is taken from the first line. Left alone, DuckDB reads a file with one ragged row as a single column, and
 * drops a header that is shorter than the rows, both without a word.
 */
export async function csvReader(session: DuckdbSession, input: TableInput): Promise<string> {
  const first = input.found.files[0] ?? "";
  const header = await firstLine(session, first);
  const delimiter = input.format === "tsv" ? "\t" : delimiterOf(header);
  const options = [QUOTES, ...(delimiter === undefined ? [] : [`delim = ${quoteText(delimiter)}`])].join(", ");
  const sample = await sampleSize(input.found.files);
  await checkShape(session, input, first, header, delimiter, `${options}, sample_size = ${sample}`);
  const files = quoteTexts(input.found.files.map(escapeGlob));
  const union = input.found.files.length > 1;
  return `read_csv(${files}, ${options}, sample_size = ${sample}, hive_partitioning = ${input.hive}, union_by_name = ${union})`;
}

async function firstLine(session: DuckdbSession, file: string): Promise<string> {
  const raw = `auto_detect = false, header = false, delim = e'\\x1f', quote = '', escape = '', columns = {'line': 'VARCHAR'}`;
  const rows = await session.query(`SELECT line FROM read_csv(${quoteText(escapeGlob(file))}, ${raw}) LIMIT 1`);
  return String(rows[0]?.["line"] ?? "");
}

/** The candidate that the line has most of outside quotes. */
function delimiterOf(line: string): string | undefined {
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: fieldCount(line, delimiter) - 1 }));
  const best = counts.reduce((a, b) => (b.count > a.count ? b : a));
  return best.count === 0 ? undefined : best.delimiter;
}

function fieldCount(line: string, delimiter: string): number {
  return line.replace(/"(?:[^"]|"")*"/g, "").split(delimiter).length;
}

async function checkShape(
  session: DuckdbSession,
  input: TableInput,
  file: string,
  header: string,
  delimiter: string | undefined,
  options: string,
): Promise<void> {
  const path = escapeGlob(file);
  let skipped: number;
  try {
    const [dialect] = await session.query(
      `SELECT "SkipRows" AS skipped FROM sniff_csv(${quoteText(path)}, ${options})`,
    );
    skipped = Number(dialect?.["skipped"] ?? 0);
  } catch (error) {
    session.signal.throwIfAborted();
    throw tableUnreadable(input.name, file, await shapeProblem(session, path, header, delimiter, error), error);
  }
  if (skipped > 0 && delimiter !== undefined) {
    const reason = `its first line has ${fieldCount(header, delimiter)} fields and the lines after it have another number. Complete the first line, or remove it`;
    throw tableUnreadable(input.name, file, reason);
  }
}

/** The sniffer only says that it found no dialect; a strict reading with the header's number of columns names the line. */
async function shapeProblem(
  session: DuckdbSession,
  path: string,
  header: string,
  delimiter: string | undefined,
  sniffError: unknown,
): Promise<string> {
  const separator = delimiter ?? ",";
  const columns = Array.from({ length: fieldCount(header, separator) }, (_, index) => `'c${index}': 'VARCHAR'`).join(
    ", ",
  );
  const strict = `auto_detect = false, header = true, ${QUOTES}, delim = ${quoteText(separator)}, columns = {${columns}}`;
  try {
    await session.query(`SELECT count(c0) FROM read_csv(${quoteText(path)}, ${strict})`);
  } catch (error) {
    session.signal.throwIfAborted();
    return readDuckdbError(error).reason;
  }
  return readDuckdbError(sniffError).reason;
}

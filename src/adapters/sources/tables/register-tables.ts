import { stat } from "node:fs/promises";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText, quoteTexts } from "../../duckdb/sql-quoting.ts";
import { csvReader } from "../readers/csv/csv-reader.ts";
import { createDuckdbFiles } from "../readers/duckdb-files.ts";
import { jsonReader } from "../readers/json-reader.ts";
import { refuseSameParquetNames } from "../readers/parquet-names.ts";
import type { RemoteTables } from "./remote-tables.ts";
import type { TableFormat, Tables } from "./table-definition.ts";
import { formatOfName, TABLE_FORMATS } from "./table-definition.ts";
import { tableUnreadable } from "./table-error.ts";
import type { TableFiles } from "./table-files.ts";
import { escapeGlob, findTableFiles } from "./table-files.ts";
import type { TableInput, TableOptions } from "./table-input.ts";

/** A table that the SQL can name, and the files behind it. */
export type RegisteredTable = { readonly name: string; readonly files: readonly string[] };

/** Makes each table a view of its name. Errors name the table and its file. */
export async function registerTables(
  session: DuckdbSession,
  tables: Tables,
  baseDirectory: string,
  remote: RemoteTables,
): Promise<RegisteredTable[]> {
  refuseSameNames(Object.keys(tables));
  const duckdbFiles = createDuckdbFiles(session);
  const registered: RegisteredTable[] = [];
  for (const [name, definition] of Object.entries(tables)) {
    const options = typeof definition === "string" ? { path: definition } : definition;
    const input = await findInput(session, name, options, baseDirectory, remote);
    try {
      const from = await fromClause(session, input, duckdbFiles);
      await session.query(`CREATE VIEW ${quoteIdentifier(name)} AS SELECT * FROM ${from}`);
    } catch (error) {
      session.signal.throwIfAborted();
      if (ScoreframeError.is(error)) throw error;
      throw tableUnreadable(name, input.found.path, withMend(readDuckdbError(error).reason, input.format), error);
    }
    registered.push({ name, files: input.found.files });
  }
  return registered;
}

/** DuckDB says what it missed in the bytes, not what that means. */
function withMend(reason: string, format: TableFormat): string {
  const mend = mendOf(reason, format);
  return mend === undefined ? reason : `${reason.replace(/[.!]$/, "")}. ${mend}`;
}

function mendOf(reason: string, format: TableFormat): string | undefined {
  if (format === "parquet")
    return "The file is cut off, damaged, or no Parquet file: write it again, or give the table its `format`";
  if (/not utf-8/i.test(reason))
    return "Write it again as UTF-8, or read the file in the SQL: FROM read_csv('…', encoding = 'latin-1'), or 'utf-16'";
  if (/expected records/i.test(reason))
    return "A row is an object, and without one the columns are unknown: write an object for each row, or a Parquet file, whose columns are known without rows";
  if (format === "duckdb" && /not a valid DuckDB/i.test(reason))
    return "Correct the path, or give the table its `format`";
  return undefined;
}

/** SQL names ignore case. */
function refuseSameNames(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined || name === "") {
      const problem =
        name === "" ? "A table has an empty name" : `The tables "${other}" and "${name}" differ in case only`;
      throw new ScoreframeError("JOB_INVALID", `${problem}, which SQL cannot tell apart: rename one.`, {
        option: "source.tables",
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}

async function findInput(
  session: DuckdbSession,
  name: string,
  options: TableOptions,
  baseDirectory: string,
  remote: RemoteTables,
): Promise<TableInput> {
  const found = remote.isRemote(options.path)
    ? await remote.bring(name, options)
    : await findTableFiles(name, options.path, baseDirectory, async (glob) => {
        const matches = await session.query(`SELECT file FROM glob(${quoteText(glob)}) ORDER BY file`);
        return matches.map((match) => String(match["file"]));
      });
  const format = options.format ?? formatOfFiles(name, found);
  const files = await withContent(name, found, format);
  return { name, options, found: { ...found, files }, format, hive: options.hive ?? found.keyed };
}

function formatOfFiles(name: string, found: TableFiles): TableFormat {
  const formats = new Set(found.files.map(formatOfName));
  const [format] = formats;
  if (formats.size === 1 && format !== undefined) return format;
  const problem = formats.size === 1 ? "its ending does not say its format" : "it holds files of several formats";
  throw tableUnreadable(
    name,
    found.path,
    `${problem}. Give the table a \`format\` (${TABLE_FORMATS.join(", ")}), or a glob such as *.csv`,
  );
}

/** Text readers take an empty file for a table without rows and with a column of their own invention. */
async function withContent(name: string, found: TableFiles, format: TableFormat): Promise<readonly string[]> {
  const sizes = await Promise.all(found.files.map(async (file) => (await stat(file)).size));
  if (format === "parquet" && found.files.length > 1) return found.files;
  const files = found.files.filter((_, index) => sizes[index] !== 0);
  if (files.length === 0)
    throw tableUnreadable(
      name,
      found.path,
      "the file is empty (0 bytes). Write it again, or leave the table out of source.tables",
    );
  return files;
}

async function fromClause(
  session: DuckdbSession,
  input: TableInput,
  duckdbFiles: ReturnType<typeof createDuckdbFiles>,
): Promise<string> {
  switch (input.format) {
    case "parquet":
      return parquetReader(session, input);
    case "csv":
    case "tsv":
      return csvReader(session, input);
    case "json":
    case "jsonl":
      return jsonReader(input);
    case "duckdb":
      return duckdbFiles.tableIn(input);
  }
}

/** By name, because files that were written at different times may have different columns. */
async function parquetReader(session: DuckdbSession, { name, found, hive }: TableInput): Promise<string> {
  await refuseSameParquetNames(session, name, found.files[0] ?? "");
  const files = quoteTexts(found.files.map(escapeGlob));
  return `read_parquet(${files}, hive_partitioning = ${hive}, union_by_name = ${found.files.length > 1})`;
}

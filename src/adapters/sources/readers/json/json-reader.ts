import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText, quoteTexts } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/find/table-files.ts";
import { FILE_COLUMN } from "../../tables/hive/hive-columns.ts";
import type { TableInput } from "../../tables/table-input.ts";
import { rewriteTable } from "./rewrite/rewrite-table.ts";
import type { JsonFile, JsonLayout } from "./survey/read-records.ts";
import type { SurveyedTable } from "./survey/survey-table.ts";
import { problemOf, surveyTable } from "./survey/survey-table.ts";
import { readDeclaredTypes } from "./types/declared-type.ts";

/**
 * JSON documents, arrays or lines, an object per row. All rows are read once to find the type of each column, before DuckDB reads them with these types: its
 * own types would come from a sample, and it reads text that looks like a date as one.
 */
export async function jsonReader(session: DuckdbSession, input: TableInput): Promise<string> {
  const types = await readDeclaredTypes(session, input.name, input.options.types);
  const table = await surveyTable(input, types, session.signal);
  for (const warning of table.warnings) session.warn(`The table "${input.name}": ${warning}`);
  if (table.files.length === 0) return emptyTable(input, table);
  const files = await readableFiles(session, input, table);
  return `(SELECT * ${replacements(input, table, files)} FROM ${fileReader(input, table, files)})`;
}

type ReadableFile = JsonFile & JsonLayout;

/** DuckDB reads files of one kind at a time, and gives some values another form: such files are written again for it. */
async function readableFiles(
  session: DuckdbSession,
  input: TableInput,
  { files, columns, rewrite }: SurveyedTable,
): Promise<readonly ReadableFile[]> {
  const [first] = files;
  const alike = files.every((file) => file.shape === first?.shape && file.compression === first.compression);
  if (rewrite === undefined && alike && first?.shape !== "irregular") return files;
  // No row is read of a table whose columns are asked for, unless a column of its folders is in the files, too.
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  if (input.columnsOnly && !input.hive.some(({ name }) => names.has(name.toLowerCase()))) return files;
  const folder = await session.scratchFolder();
  return rewriteTable(files, rewrite ?? { fields: new Map() }, folder, problemOf(input), session.signal);
}

const FORMATS = {
  lines: "newline_delimited",
  array: "array",
  objects: "unstructured",
  irregular: "unstructured",
  empty: "auto",
} as const;
const COMPRESSIONS = { none: "uncompressed", gzip: "gzip", zstd: "zstd" } as const;
/** DuckDB's default limit of a row, and a bit more than the longest row. */
const OBJECT_BYTES = 1 << 24;
const MORE_BYTES = 1024;

function fileReader({ fileOptions }: TableInput, { columns }: SurveyedTable, files: readonly ReadableFile[]): string {
  const [first] = files as [ReadableFile];
  const longest = files.reduce((most, file) => Math.max(most, file.longest), 0);
  const types = columns.map(({ name, reading }) => `${quoteText(name)}: ${quoteText(reading.readType)}`).join(", ");
  return (
    `read_json(${quoteTexts(files.map(({ path }) => escapeGlob(path)))}, format = '${FORMATS[first.shape]}', ` +
    `compression = '${COMPRESSIONS[first.compression]}', records = true, auto_detect = false, ${fileOptions}, ` +
    `maximum_object_size = ${Math.max(OBJECT_BYTES, longest + MORE_BYTES)}, columns = {${types}})`
  );
}

/** What is read as text on the way is cast, and a file that was written again is named as the one that it was. */
function replacements(
  { hive }: TableInput,
  { columns, files: originals }: SurveyedTable,
  files: readonly ReadableFile[],
): string {
  const values = columns.flatMap(({ name, reading: { type, readType } }) => {
    const column = quoteIdentifier(name);
    return type === readType ? [] : [`CAST(${column} AS ${type}) AS ${column}`];
  });
  if (hive.length > 0 && files !== originals) {
    const file = quoteIdentifier(FILE_COLUMN);
    const index = `CAST(regexp_extract(${file}, '([0-9]+)\\.jsonl$', 1) AS INTEGER)`;
    values.push(`${quoteTexts(originals.map(({ path }) => path))}[${index} + 1] AS ${file}`);
  }
  return values.length === 0 ? "" : `REPLACE (${values.join(", ")})`;
}

function emptyTable({ hive }: TableInput, { columns }: SurveyedTable): string {
  const file = hive.length === 0 ? [] : [{ name: FILE_COLUMN, type: "VARCHAR" }];
  const typed = [...columns.map(({ name, reading }) => ({ name, type: reading.type })), ...file];
  return `(SELECT ${typed.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteIdentifier(name)}`).join(", ")} LIMIT 0)`;
}

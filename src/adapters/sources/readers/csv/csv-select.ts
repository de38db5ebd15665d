import { WAY } from "../../../../core/domain/cell-kind.ts";
import { quoteIdentifier, quoteText, quoteTexts } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/find/table-files.ts";
import { FILE_COLUMN } from "../../tables/hive/hive-columns.ts";
import type { Compression } from "./layout/csv-bytes.ts";
import { QUOTE } from "./layout/csv-dialect.ts";
import type { DateFormat } from "./types/date-format.ts";

/** A column of the table: how its cells become values. */
export type CsvColumn = {
  readonly name: string;
  readonly type: string;
  readonly way: number;
  /** Whether the type was declared. */
  readonly isDeclared: boolean;
  /** Texts that are null in this column, in addition to the empty cell without quotes and the declared nulls. */
  readonly nulls: readonly string[];
};

/** A file as DuckDB reads it. */
export type PlainFile = {
  readonly path: string;
  /** The file of the table that this one replaces. */
  readonly original: string;
  readonly compression: Compression;
  /** In the order of the file. */
  readonly names: readonly string[];
  readonly quote: number;
  readonly longestRecord: number;
  readonly quotedLineEnds: boolean;
};

export type CsvSelect = {
  readonly columns: readonly CsvColumn[];
  readonly files: readonly PlainFile[];
  readonly delimiter: number;
  readonly hasHeader: boolean;
  /** Options of every reader. */
  readonly fileOptions: string;
  /** Whether the path of each row's file is a column. */
  readonly hasFileColumn: boolean;
  readonly nulls: readonly string[];
  readonly dateFormat: DateFormat | undefined;
};

/** DuckDB's default limit of a line. */
const USUAL_LINE_BYTES = 2_000_000;

/** A query for the rows of all files, in their order. */
export function csvQuery(select: CsvSelect): string {
  const parts = groupFiles(select.files).map((files) => groupQuery(select, files, (column) => column));
  return parts.join("\nUNION ALL BY NAME\n");
}

/** The same with the texts of the cells. */
export function csvTextQuery(select: CsvSelect): string {
  const asText = (column: CsvColumn): CsvColumn => ({
    ...column,
    type: "VARCHAR",
    isDeclared: false,
    nulls: [],
    way: 0,
  });
  return groupFiles(select.files)
    .map((files) =>
      groupQuery({ ...select, fileOptions: "hive_partitioning = false", hasFileColumn: false }, files, asText),
    )
    .join("\nUNION ALL BY NAME\n");
}

/** One read_csv reads neighbours that are written alike. */
function groupFiles(files: readonly PlainFile[]): PlainFile[][] {
  const groups: PlainFile[][] = [];
  let former = "";
  for (const file of files) {
    const key = JSON.stringify([file.compression, file.quote, file.names, file.path === file.original]);
    if (key === former) groups.at(-1)?.push(file);
    else groups.push([file]);
    former = key;
  }
  return groups;
}

function groupQuery(select: CsvSelect, files: readonly PlainFile[], as: (column: CsvColumn) => CsvColumn): string {
  const byName = new Map(select.columns.map((column) => [column.name, as(column)]));
  const columns = (files[0]?.names ?? []).map((name) => byName.get(name) as CsvColumn);
  const values = columns.map((column) => ({ column, value: cellValue(column, select.dateFormat) }));
  const types = values.map(
    ({ column, value }) => `${quoteText(column.name)}: ${quoteText(value === undefined ? column.type : "VARCHAR")}`,
  );
  const source = `read_csv(${quoteTexts(files.map(({ path }) => escapeGlob(path)))}, columns = {${types.join(", ")}}, ${readOptions(select, files)})`;
  const isCopy = files.some(({ path, original }) => path !== original);
  if (values.every(({ value }) => value === undefined) && !(isCopy && select.hasFileColumn))
    return `SELECT * FROM ${source}`;
  const list = values.map(({ column, value }) =>
    value === undefined ? quoteIdentifier(column.name) : `${value} AS ${quoteIdentifier(column.name)}`,
  );
  if (select.hasFileColumn) list.push(isCopy ? originalFile(files) : quoteIdentifier(FILE_COLUMN));
  return `SELECT ${list.join(", ")} FROM ${source}`;
}

/** Rows of a copy are named as those of its original. */
function originalFile(files: readonly PlainFile[]): string {
  const file = quoteIdentifier(FILE_COLUMN);
  const copies = quoteTexts(files.map(({ path }) => path));
  return `${quoteTexts(files.map(({ original }) => original))}[list_position(${copies}, ${file})] AS ${file}`;
}

function readOptions({ delimiter, hasHeader, fileOptions, nulls }: CsvSelect, files: readonly PlainFile[]): string {
  const quote = quoteText(String.fromCharCode(files[0]?.quote ?? QUOTE));
  const longest = Math.max(...files.map(({ longestRecord }) => longestRecord));
  const options = [
    "auto_detect = false",
    `header = ${hasHeader}`,
    `delim = ${quoteText(String.fromCharCode(delimiter))}`,
    `quote = ${quote}`,
    `escape = ${quote}`,
    `nullstr = ${quoteTexts(["", ...nulls.filter((text) => text !== "")])}`,
    "allow_quoted_nulls = false",
    `compression = '${files[0]?.compression ?? "none"}'`,
    fileOptions,
  ];
  if (longest > USUAL_LINE_BYTES / 2) {
    const line = longest * 2;
    options.push(`max_line_size = ${line}`, `buffer_size = ${Math.max(line * 2, 8 * USUAL_LINE_BYTES)}`);
  }
  // The parallel reader begins in the middle of a file, where it may take a line end inside of quotes for one of a row.
  if (files.some(({ quotedLineEnds }) => quotedLineEnds)) options.push("parallel = false");
  return options.join(", ");
}

/** The expression of a value; undefined if read_csv gives the value itself. */
function cellValue(
  { name, type, way, isDeclared, nulls }: CsvColumn,
  format: DateFormat | undefined,
): string | undefined {
  if (type === "VARCHAR") {
    return nulls.length === 0 ? undefined : nullIf(name, nulls);
  }
  const zoned = type === "TIMESTAMP WITH TIME ZONE";
  const formatted =
    format !== undefined && (way === DECLARED_DATE || (isDeclared && /^(?:DATE$|TIMESTAMP$)/.test(type)));
  if (nulls.length === 0 && !zoned && !formatted && !isDeclared) return undefined;
  const cell = nullIf(name, nulls);
  if (formatted) return `CAST(strptime(${cell}, ${quoteText(format.format)}) AS ${type})`;
  const text =
    zoned && (way & WAY.NO_SECONDS) !== 0 ? `regexp_replace(${cell}, '^(.{16})(Z|[+-])', '\\1:00\\2')` : cell;
  return `CAST(${text} AS ${type})`;
}

/** The mark of a column whose cells have the declared format. */
export const DECLARED_DATE = -1;

function nullIf(name: string, nulls: readonly string[]): string {
  const cell = quoteIdentifier(name);
  if (nulls.length === 0) return cell;
  return `CASE WHEN ${cell} IN (${nulls.map(quoteText).join(", ")}) THEN NULL ELSE ${cell} END`;
}

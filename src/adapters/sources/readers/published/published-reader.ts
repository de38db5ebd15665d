import type { TableManifest } from "../../../../core/domain/table-manifest.ts";
import type { TypedColumn } from "../../../../core/domain/types/column-type.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";
import type { HiveColumn } from "../../tables/hive/hive-columns.ts";
import { hiveValue } from "../../tables/hive/hive-columns.ts";
import { tableUnreadable } from "../../tables/table-error.ts";
import type { TableInput } from "../../tables/table-input.ts";
import { cut } from "../csv/layout/csv-head.ts";
import { declaredTypes, findUnfitCell } from "../csv/types/declared-types.ts";
import { parquetReader } from "../parquet/parquet-reader.ts";
import { fileList } from "../parquet/parquet-schema.ts";
import { columnSql, fromCell, fromJson } from "./column-sql.ts";
import { measureText } from "./measure-text.ts";

/** A table that scoreframe wrote, as a query: the columns of its manifest, with their types. Types that the job declares for text formats come first. */
export async function selectPublished(
  session: DuckdbSession,
  input: TableInput,
  manifest: TableManifest,
): Promise<string> {
  const partitions = new Map(input.hive.map((column) => [column.name, column]));
  const wanted = manifest.schema.filter(({ name }) => partitions.has(name) || !manifest.partition_by.includes(name));
  const inFiles = wanted.filter(({ name }) => !partitions.has(name));
  if (manifest.files.length === 0) {
    return `SELECT ${wanted.map((column) => `${nothing(column)} AS ${quoteIdentifier(column.name)}`).join(", ")} LIMIT 0`;
  }
  const { from, valueSql } = await readerOf(session, input, manifest, inFiles);
  const values = wanted.map((column) => {
    const partition = partitions.get(column.name);
    const value = partition === undefined ? valueSql(column) : hiveValue(partition);
    return `${value} AS ${quoteIdentifier(column.name)}`;
  });
  return `SELECT ${values.join(", ")} FROM ${from}`;
}

/** The columns that the folders of such a table name: those of its manifest, and no other. */
export function publishedPartitions(
  { partition_by, schema }: TableManifest,
  folderColumn: (name: string, type: string) => HiveColumn,
): HiveColumn[] {
  return partition_by.map((name) => {
    const type = schema.find((column) => column.name === name)?.type ?? "String";
    return folderColumn(name, columnSql(type));
  });
}

type Reader = { readonly from: string; readonly valueSql: (column: TypedColumn) => string };

async function readerOf(
  session: DuckdbSession,
  input: TableInput,
  { format }: TableManifest,
  columns: readonly TypedColumn[],
): Promise<Reader> {
  const declared = input.options.types ?? {};
  const names = columns.map(({ name }) => name).filter((name) => name in declared);
  if (format === "jsonl") {
    const types = columns.map(({ name, type }) => {
      return `${quoteText(name)}: ${quoteText(name in declared ? declaredAs(declared[name] ?? "") : columnSql(type, "VARCHAR"))}`;
    });
    const { longest } = await measureText(input, format, session.signal);
    const size = Math.max(USUAL_OBJECT_BYTES, longest + 1024);
    const reader = (wanted: readonly string[]): string => {
      const options = `format = 'newline_delimited', records = true, maximum_object_size = ${size}, columns = {${wanted.join(", ")}}`;
      return `read_json(${fileList(input.found.files)}, ${options}, ${input.fileOptions})`;
    };
    await assertDeclaredFit(session, input, reader(names.map((name) => `${quoteText(name)}: 'VARCHAR'`)), names);
    return {
      from: reader(types),
      valueSql: ({ name, type }) =>
        name in declared
          ? `CAST(${quoteIdentifier(name)} AS ${declared[name]})`
          : fromJson(quoteIdentifier(name), type),
    };
  }
  const from =
    format === "parquet"
      ? await parquetReader(session, input)
      : `read_csv(${fileList(input.found.files)}, ${CSV}${await csvLimits(session, input)}, union_by_name = true, ${input.fileOptions})`;
  const found = new Set((await session.query(`DESCRIBE SELECT * FROM ${from}`)).map((row) => row["column_name"]));
  const inFiles = names.filter((name) => found.has(name));
  if (format === "csv") await assertDeclaredFit(session, input, from, inFiles);
  return {
    from,
    valueSql(column) {
      const name = quoteIdentifier(column.name);
      const own = declared[column.name];
      // Partitions of earlier publications may be without a column.
      if (!found.has(column.name)) return nothing(column);
      if (format === "parquet") return name;
      return own === undefined ? fromCell(name, column.type) : `CAST(${name} AS ${own})`;
    },
  };
}

function isScalar(type: string): boolean {
  return /^(?!MAP|STRUCT|UNION)[^[\]]+$/i.test(type.trim());
}

/** Scalars are read as text and cast, because JSON's reader does not read a number from a text. */
function declaredAs(type: string): string {
  return isScalar(type) ? "VARCHAR" : type;
}

/** Throws for a value that a declared type would change: a cast rounds. */
async function assertDeclaredFit(
  session: DuckdbSession,
  { name: table, found, options }: TableInput,
  texts: string,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) return;
  const fault = (reason: string): Error => tableUnreadable(table, found.path, reason);
  const given = names.map((name) => [name, options.types?.[name] ?? ""] as const);
  const declared = await declaredTypes(session, given, names, fault);
  const scalars = new Map([...declared].filter(([, type]) => isScalar(type)));
  const unfit = await findUnfitCell(session, `FROM ${texts}`, scalars, [], undefined);
  if (unfit === undefined) return;
  throw fault(
    `the column "${unfit.column}" has ${JSON.stringify(cut(unfit.text))}, which is not an exact ${unfit.type}. Give the column another type, or leave it out of \`types\``,
  );
}

/** How the output writes CSV. A quoted empty cell is an empty text, one without quotes is null. */
const CSV =
  `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, ` +
  `comment = '', skip = 0, null_padding = false, sample_size = 1`;

/** DuckDB's default limits of a record and of an object. */
const USUAL_RECORD_BYTES = 2_000_000;
const USUAL_OBJECT_BYTES = 1 << 24;

async function csvLimits(session: DuckdbSession, input: TableInput): Promise<string> {
  const { longest, quotedLineEnds } = await measureText(input, "csv", session.signal);
  const line = longest * 2;
  const larger = `, max_line_size = ${line}, buffer_size = ${Math.max(line * 2, 8 * USUAL_RECORD_BYTES)}`;
  // The parallel reader begins in the middle of a file, where it may take a line end inside of quotes for one of a row.
  return `${line > USUAL_RECORD_BYTES ? larger : ""}${quotedLineEnds ? ", parallel = false" : ""}`;
}

function nothing({ type }: TypedColumn): string {
  return `CAST(NULL AS ${columnSql(type)})`;
}

import { stat } from "node:fs/promises";
import { quoteText } from "../../../duckdb/sql-quoting.ts";
import { publishedPartitions } from "../../readers/published/published-reader.ts";
import { assertOptions } from "../assert-options.ts";
import type { HiveColumn } from "../hive/hive-columns.ts";
import { FILE_COLUMN, folderColumn, hasKeyedFolders, hiveColumns } from "../hive/hive-columns.ts";
import type { RemoteTables } from "../remote-tables.ts";
import type { TableFormat, TableOptions } from "../table-definition.ts";
import { formatOfName, TABLE_FORMATS } from "../table-definition.ts";
import { tableUnreadable } from "../table-error.ts";
import type { TableInput, TablesUse } from "../table-input.ts";
import type { TableFiles } from "./table-files.ts";
import { findTableFiles } from "./table-files.ts";

/** Finds a table's files, their format and the columns that their folders name. */
export async function findInput(
  name: string,
  options: TableOptions,
  baseDirectory: string,
  remote: RemoteTables,
): Promise<Omit<TableInput, keyof TablesUse>> {
  const found = remote.isRemote(options.path)
    ? await remote.fetchTable(name, options)
    : await findTableFiles(name, options, baseDirectory);
  const { published } = found;
  const format = published?.format ?? options.format ?? formatOfFiles(name, found);
  assertOptions(name, options, format);
  const files = published === undefined ? await withContent(name, options, found, format) : found.files;
  const columns =
    options.hive === false || format === "duckdb" ? [] : columnsOfFolders(name, options, { ...found, files });
  return {
    name,
    options,
    found: { ...found, files },
    format,
    hive: columns,
    fileOptions: `hive_partitioning = false${columns.length === 0 ? "" : `, filename = ${quoteText(FILE_COLUMN)}`}`,
  };
}

function columnsOfFolders(name: string, { hive }: TableOptions, { published, root, files }: TableFiles): HiveColumn[] {
  if (published !== undefined) {
    return publishedPartitions(published, (column, type) => folderColumn(root, column, type));
  }
  const keyed = hive ?? files.some((file) => hasKeyedFolders(root, file));
  return keyed ? hiveColumns(name, root, files) : [];
}

function formatOfFiles(name: string, found: TableFiles): TableFormat {
  const formats = new Set(found.files.map(formatOfName));
  const [format] = formats;
  if (formats.size === 1 && format !== undefined) return format;
  const [one, other] = [...formats].map((each) => found.files.find((file) => formatOfName(file) === each));
  const problem =
    formats.size === 1
      ? "its ending does not say its format"
      : `it holds files of several formats, such as ${one} and ${other}`;
  throw tableUnreadable(
    name,
    found.path,
    `${problem}. Give the table a \`format\` (${TABLE_FORMATS.join(", ")}), or a glob such as *.csv`,
  );
}

/** Text readers read an empty file as a table without rows and with a made-up column. */
async function withContent(
  name: string,
  { types }: TableOptions,
  found: TableFiles,
  format: TableFormat,
): Promise<readonly string[]> {
  const sizes = await Promise.all(found.files.map(async (file) => (await stat(file)).size));
  const empty = found.files[sizes.indexOf(0)];
  // Even a Parquet file without rows has more than 0 bytes: its writer ended early.
  if (format === "parquet" && found.files.length > 1 && empty !== undefined) {
    throw tableUnreadable(name, empty, "the file is empty (0 bytes). Write it again, or remove it");
  }
  // The columns of JSON without rows are known if they are declared.
  if (types !== undefined && (format === "json" || format === "jsonl")) return found.files;
  const files = found.files.filter((_, index) => sizes[index] !== 0);
  if (files.length === 0)
    throw tableUnreadable(
      name,
      found.path,
      "the file is empty (0 bytes). Write it again, or leave the table out of source.tables",
    );
  return files;
}

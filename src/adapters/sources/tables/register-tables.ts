import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { quoteIdentifier } from "../../duckdb/sql-quoting.ts";
import { csvReader } from "../readers/csv/csv-reader.ts";
import { createDuckdbFiles } from "../readers/duckdb-files.ts";
import { jsonReader } from "../readers/json/json-reader.ts";
import { encrypted } from "../readers/parquet/encrypted-files.ts";
import { parquetReader } from "../readers/parquet/parquet-reader.ts";
import { selectPublished } from "../readers/published/published-reader.ts";
import { findInput } from "./find/find-input.ts";
import { withHiveColumns } from "./hive/hive-select.ts";
import type { RemoteTables } from "./remote-tables.ts";
import type { TableFormat, Tables } from "./table-definition.ts";
import { tableUnreadable } from "./table-error.ts";
import type { TableInput, TablesUse } from "./table-input.ts";

/** A table that the SQL can name, and the files behind it. */
export type RegisteredTable = { readonly name: string; readonly files: readonly string[] };

/** Makes each table a view of its name. Errors name the table and its file. */
export async function registerTables(
  session: DuckdbSession,
  tables: Tables,
  baseDirectory: string,
  remote: RemoteTables,
  use: TablesUse,
): Promise<RegisteredTable[]> {
  assertDistinctNames(Object.keys(tables));
  const duckdbFiles = createDuckdbFiles(session);
  const registered: RegisteredTable[] = [];
  for (const [name, definition] of Object.entries(tables)) {
    const options = typeof definition === "string" ? { path: definition } : definition;
    const input = { ...use, ...(await findInput(name, options, baseDirectory, remote)) };
    try {
      const select = await selectOf(session, input, duckdbFiles);
      await session.query(`CREATE VIEW ${quoteIdentifier(name)} AS ${select}`);
    } catch (error) {
      session.signal.throwIfAborted();
      if (ScoreframeError.is(error)) throw error;
      throw unreadable(input, error);
    }
    registered.push({ name, files: input.found.files });
  }
  return registered;
}

/** DuckDB's message is about the bytes, not about what to do. */
function unreadable({ name, found, format }: TableInput, error: unknown): ScoreframeError {
  const { reason } = readDuckdbError(error);
  const file = found.files.find((each) => reason.includes(each)) ?? found.path;
  if (format === "parquet" && /is encrypted/i.test(reason)) return encrypted(name, file, error);
  const hint = format === "parquet" && /\.(?:gz|zst)$/i.test(file) ? PACKED_HINT : hintOf(reason, format);
  return tableUnreadable(name, file, hint === undefined ? reason : `${reason.replace(/[.!]$/, "")}. ${hint}`, error);
}

const PACKED_HINT = "Parquet files are compressed inside: unpack it, and give the path of the unpacked file";

function hintOf(reason: string, format: TableFormat): string | undefined {
  if (/permission denied/i.test(reason)) return "Give this user the right to read it";
  if (format === "parquet")
    return "The file is cut off, damaged, or no Parquet file: write it again, or give the table its `format`";
  if (format === "duckdb" && /not a valid DuckDB/i.test(reason))
    return "Correct the path, or give the table its `format`";
  return undefined;
}

/** SQL names ignore case. */
function assertDistinctNames(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined || name === "") {
      const problem =
        name === "" ? "A table has an empty name" : `The tables "${other}" and "${name}" differ in case only`;
      throw new ScoreframeError("JOB_INVALID", `${problem}, which SQL cannot distinguish: rename one.`, {
        option: "source.tables",
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}

async function selectOf(
  session: DuckdbSession,
  input: TableInput,
  duckdbFiles: ReturnType<typeof createDuckdbFiles>,
): Promise<string> {
  const { published } = input.found;
  if (published !== undefined) return selectPublished(session, input, published);
  return withHiveColumns(session, input, await fromClause(session, input, duckdbFiles));
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
      return jsonReader(session, input);
    case "duckdb":
      return duckdbFiles.tableIn(input);
  }
}

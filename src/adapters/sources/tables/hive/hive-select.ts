import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier } from "../../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../table-error.ts";
import type { TableInput } from "../table-input.ts";
import type { HiveColumn } from "./hive-columns.ts";
import { FILE_COLUMN, hiveValue } from "./hive-columns.ts";

/** What a reader gives, with the columns that the folders name. A condition on one of these opens the files of its folders only. */
export async function withHiveColumns(session: DuckdbSession, input: TableInput, from: string): Promise<string> {
  if (input.hive.length === 0) return `SELECT * FROM ${from}`;
  const described = await session.query(`DESCRIBE SELECT * FROM ${from}`);
  const inFiles = new Map(described.map((row) => [String(row["column_name"]).toLowerCase(), row]));
  const replaced: string[] = [];
  const added: string[] = [];
  for (const column of input.hive) {
    const own = inFiles.get(column.name.toLowerCase());
    if (own === undefined) {
      added.push(`, ${hiveValue(column)} AS ${quoteIdentifier(column.name)}`);
    } else {
      const name = quoteIdentifier(String(own["column_name"]));
      const value = `TRY_CAST(${column.text} AS ${String(own["column_type"])})`;
      await rejectOtherValues(session, input, from, column, `${name} IS DISTINCT FROM ${value}`);
      replaced.push(`${value} AS ${name}`);
    }
  }
  const replace = replaced.length === 0 ? "" : ` REPLACE (${replaced.join(", ")})`;
  return `SELECT * EXCLUDE (${quoteIdentifier(FILE_COLUMN)})${replace}${added.join("")} FROM ${from}`;
}

/** A column that is in the files and in the names of their folders has to have one value. */
async function rejectOtherValues(
  session: DuckdbSession,
  { name, found }: TableInput,
  from: string,
  column: HiveColumn,
  differs: string,
): Promise<void> {
  await found.loadRows();
  const file = quoteIdentifier(FILE_COLUMN);
  const [other] = await session.query(`SELECT ${file} AS file FROM ${from} WHERE ${differs} LIMIT 1`);
  if (other === undefined) return;
  throw tableUnreadable(
    name,
    String(other["file"]),
    `its column "${column.name}" has other values than its folder "${column.name}=…" says. ` +
      "Correct one of them, or set `hive: false` to read the column of the file",
  );
}

import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../tables/table-error.ts";
import type { TableInput } from "../tables/table-input.ts";

/** DuckDB files, attached read-only and once each, however many tables come from one. */
export function createDuckdbFiles(session: DuckdbSession): { tableIn(input: TableInput): Promise<string> } {
  const attached = new Map<string, string>();

  async function attach(path: string): Promise<string> {
    const known = attached.get(path);
    if (known !== undefined) return known;
    const database = `scoreframe_file_${attached.size}`;
    await session.query(`ATTACH ${quoteText(path)} AS ${database} (TYPE duckdb, READ_ONLY)`);
    attached.set(path, database);
    return database;
  }

  return {
    async tableIn(input) {
      const [path, ...others] = input.found.files;
      if (path === undefined || others.length > 0) {
        throw tableUnreadable(input.name, input.found.path, "a DuckDB file is one file, and this path names several");
      }
      const database = await attach(path);
      const table = chooseTable(input, path, await tablesOf(session, database));
      return [database, table.schema, table.name].map(quoteIdentifier).join(".");
    },
  };
}

type DuckdbTable = { readonly schema: string; readonly name: string };

async function tablesOf(session: DuckdbSession, database: string): Promise<DuckdbTable[]> {
  const rows = await session.query(
    `SELECT schema_name AS schema, table_name AS name FROM duckdb_tables() WHERE database_name = '${database}' AND NOT internal
     UNION ALL
     SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = '${database}' AND NOT internal
     ORDER BY ALL`,
  );
  return rows.map((row) => ({ schema: String(row["schema"]), name: String(row["name"]) }));
}

function chooseTable(input: TableInput, path: string, tables: readonly DuckdbTable[]): DuckdbTable {
  const names = tables.map((table) => (table.schema === "main" ? table.name : `${table.schema}.${table.name}`));
  if (names.length === 0) throw tableUnreadable(input.name, path, "the DuckDB file has no tables");
  const wanted = input.options.table?.replace(/^main\./, "");
  const chosen = wanted === undefined && tables.length === 1 ? tables[0] : tables[names.indexOf(wanted ?? "")];
  if (chosen !== undefined) return chosen;
  const problem = wanted === undefined ? `it has ${names.length} tables` : `it has no table "${wanted}"`;
  throw tableUnreadable(input.name, path, `${problem}. Choose one with \`table\`: ${names.join(", ")}`);
}

import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import type { RegisteredTable } from "../../tables/register-tables.ts";
import { registerTables } from "../../tables/register-tables.ts";
import type { RemoteTables } from "../../tables/remote-tables.ts";
import type { TableDefinition, Tables } from "../../tables/table-definition.ts";
import type { TablesUse } from "../../tables/table-input.ts";
import { sqlNames } from "./sql-body.ts";

export type UsedTables<T> = { readonly tables: readonly RegisteredTable[]; readonly result: T };

/**
 * Registers the tables whose names are in the SQL, then binds it with `bind`. The others are not read, so one of them may be a file that cannot be
 * read as a table. Names that the SQL computes (`query_table('a' || 'b')`) are found only by binding, and DuckDB suggests only names that it
 * knows: if a table is missing, the others are registered, too.
 */
export async function withUsedTables<T>(
  session: DuckdbSession,
  { tables, sql, baseDirectory }: { readonly tables: Tables; readonly sql: string; readonly baseDirectory: string },
  remote: RemoteTables,
  use: TablesUse,
  bind: () => Promise<T>,
): Promise<UsedTables<T>> {
  const names = sqlNames(sql);
  const entries = Object.entries(tables);
  const isUsed = ([name]: (typeof entries)[number]) => names.has(name.toLowerCase());
  const register = (some: typeof entries) =>
    registerTables(session, Object.fromEntries(some), baseDirectory, remote, use);
  const used = await register(entries.filter(isUsed));
  try {
    return { tables: used, result: await bind() };
  } catch (error) {
    const missing = missingTable(error);
    // A table in a store takes time to download: only the missing one is.
    const others = entries.filter(
      (entry) => !isUsed(entry) && (!remote.isRemote(pathOf(entry[1])) || entry[0].toLowerCase() === missing),
    );
    if (others.length === 0 || missing === undefined) throw error;
    const added = await register(others).catch(() => {
      session.signal.throwIfAborted();
      throw error;
    });
    return { tables: [...used, ...added], result: await bind() };
  }
}

/** The name, in lower case, of a table that DuckDB does not know; empty if DuckDB does not name it. */
function missingTable(error: unknown): string | undefined {
  if (!ScoreframeError.is(error)) return undefined;
  const { kind, text } = readDuckdbError(error.cause);
  if (kind !== "Catalog") return undefined;
  return /Table with name "?(.+?)"? does not exist/i.exec(text)?.[1]?.toLowerCase() ?? "";
}

function pathOf(definition: TableDefinition): string {
  return typeof definition === "string" ? definition : definition.path;
}

import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "./duckdb-error.ts";
import type { DuckdbSession } from "./duckdb-session.ts";
import type { RegisteredTable } from "./register-tables.ts";
import { registerTables } from "./register-tables.ts";
import { sqlNames } from "./sql-body.ts";
import type { Tables } from "./table-definition.ts";

export type TablesUse<T> = { readonly tables: readonly RegisteredTable[]; readonly result: T };

/**
 * Registers the tables whose names the SQL has, then binds it with `bind`. The others are not even looked at, so that a file that cannot be
 * read as a table can stand among them. Names that the SQL puts together (`query_table('a' || 'b')`) are met only by binding, and DuckDB
 * suggests a name only where it knows it: where a table is missing, the others are registered, too.
 */
export async function withUsedTables<T>(
  session: DuckdbSession,
  { tables, sql, baseDirectory }: { readonly tables: Tables; readonly sql: string; readonly baseDirectory: string },
  bind: () => Promise<T>,
): Promise<TablesUse<T>> {
  const names = sqlNames(sql);
  const entries = Object.entries(tables);
  const isUsed = ([name]: (typeof entries)[number]) => names.has(name.toLowerCase());
  const register = (some: typeof entries) => registerTables(session, Object.fromEntries(some), baseDirectory);
  const used = await register(entries.filter(isUsed));
  try {
    return { tables: used, result: await bind() };
  } catch (error) {
    const others = entries.filter((entry) => !isUsed(entry));
    if (others.length === 0 || !isTableMissing(error)) throw error;
    const added = await register(others).catch(() => {
      session.signal.throwIfAborted();
      throw error;
    });
    return { tables: [...used, ...added], result: await bind() };
  }
}

function isTableMissing(error: unknown): boolean {
  return ScoreframeError.is(error) && readDuckdbError(error.cause).kind === "Catalog";
}

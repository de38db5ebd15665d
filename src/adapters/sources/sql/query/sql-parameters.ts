import type { DuckDBPreparedStatement, DuckDBType } from "@duckdb/node-api";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";

type Scalar = string | number | boolean | null;

/** Values of `$name` in a query, by name. */
export type SqlParameters = Readonly<Record<string, Scalar | readonly Scalar[]>>;

export type BoundColumn = { readonly name: string; readonly type: DuckDBType };

/** A session that binds the parameters of its statements, so that no value can become SQL. */
export function withParameters(session: DuckdbSession, parameters: SqlParameters): DuckdbSession {
  if (Object.keys(parameters).length === 0) return session;
  const byName = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
  const bind = (statement: DuckDBPreparedStatement): void => {
    for (const [index, name] of parameterNames(statement).entries()) {
      bindValue(session, statement, index + 1, byName.get(name.toLowerCase()) ?? null);
    }
  };
  const run: DuckdbSession["run"] = (sql) => session.run(sql, bind);
  return { ...session, run, query: async (sql) => (await run(sql)).getRowObjectsJson() };
}

/** Names as DuckDB knows them; those of `?` are numbers. */
export function parameterNames(statement: DuckDBPreparedStatement): string[] {
  return Array.from({ length: statement.parameterCount }, (_, index) => statement.parameterName(index + 1));
}

/** Case is ignored, as SQL does. */
export function hasParameter(names: readonly string[], wanted: string): boolean {
  return names.some((name) => name.toLowerCase() === wanted.toLowerCase());
}

/** What `boundColumns` puts before the query in both statements that it runs: positions in errors count from there. */
export const BOUND_PREFIX = "SELECT * FROM (";
const DESCRIBE = "DESCRIBE ".padEnd(BOUND_PREFIX.length);

/** The columns of a prepared query. With values they are known only when these are bound: then it is run for no rows. */
export async function boundColumns(
  session: DuckdbSession,
  statement: DuckDBPreparedStatement,
  sql: string,
): Promise<readonly BoundColumn[]> {
  if (statement.parameterCount === 0) {
    return Array.from({ length: statement.columnCount }, (_, index) => ({
      name: statement.columnName(index),
      type: statement.columnType(index),
    }));
  }
  // The types are objects in a result only, and a query in parentheses has other names where two are the same.
  const described = await session.query(`${DESCRIBE}${sql}`);
  const types = (await session.run(`${BOUND_PREFIX}${sql}\n) LIMIT 0`)).columnTypes();
  return described.map(({ column_name: name }, index) => ({ name: String(name), type: types[index] as DuckDBType }));
}

function bindValue(
  { duckdb }: DuckdbSession,
  statement: DuckDBPreparedStatement,
  index: number,
  value: Scalar | readonly Scalar[],
): void {
  if (typeof value === "object" && value !== null) {
    const type = commonType(duckdb, value);
    const items = value.map((item) =>
      type === duckdb.BIGINT && item !== null ? BigInt(item) : textIf(type === duckdb.VARCHAR, item),
    );
    statement.bindList(index, duckdb.listValue(items), duckdb.LIST(type));
  } else if (value === null) statement.bindNull(index);
  else if (typeof value === "string") statement.bindVarchar(index, value);
  else if (typeof value === "boolean") statement.bindBoolean(index, value);
  else if (Number.isSafeInteger(value)) statement.bindBigInt(index, BigInt(value));
  else statement.bindDouble(index, value);
}

/** The type of a list's items: that of all, or text. */
function commonType(duckdb: DuckdbSession["duckdb"], items: readonly Scalar[]): DuckDBType {
  const known = items.filter((item) => item !== null);
  if (known.length > 0 && known.every((item) => Number.isSafeInteger(item))) return duckdb.BIGINT;
  if (known.length > 0 && known.every((item) => typeof item === "number")) return duckdb.DOUBLE;
  if (known.length > 0 && known.every((item) => typeof item === "boolean")) return duckdb.BOOLEAN;
  return duckdb.VARCHAR;
}

function textIf(isText: boolean, item: Scalar): Scalar {
  return isText && item !== null ? String(item) : item;
}

import type { DuckDBPreparedStatement, DuckDBType } from "@duckdb/node-api";
import { readDuckdbError } from "../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { sqlBody, withoutComments } from "./sql-body.ts";
import type { UserSql } from "./sql-error.ts";
import { sqlInvalid, sqlRefused } from "./sql-error.ts";
import { BOUND_PREFIX, boundColumns, hasParameter, parameterNames } from "./sql-parameters.ts";

/** A query that is known to be one statement that only reads. */
export type InspectedQuery = {
  /** Fits in parentheses. Begins where the user's SQL begins, so positions in both are the same. */
  readonly body: string;
  readonly columns: readonly { readonly name: string; readonly type: DuckDBType }[];
};

/** Binds the SQL without running it. Throws `SQL_INVALID` with the place of the mistake. */
export async function inspectQuery(session: DuckdbSession, user: UserSql): Promise<InspectedQuery> {
  // A NUL would end the text for DuckDB, and the rest would be silently lost.
  if (user.sql.includes("\0")) throw sqlRefused("The SQL has a NUL character in it: remove it.");
  if (withoutComments(user.sql) === "")
    throw sqlRefused("The SQL is empty: write a query that yields the rows to score.");
  const statement = await prepareOnly(session, user);
  try {
    assertQuery(session, withoutComments(user.sql), statement);
    checkParameters(statement, user);
    const body = sqlBody(user.sql);
    const columns = await columnsOf(session, statement, user, body);
    assertDistinctNames(columns.map(({ name }) => name));
    return { body, columns };
  } finally {
    statement.destroySync();
  }
}

async function prepareOnly(session: DuckdbSession, user: UserSql): Promise<DuckDBPreparedStatement> {
  let count: number;
  try {
    const statements = await session.connection.extractStatements(user.sql);
    count = statements.count;
    if (count === 1) return await statements.prepare(0);
  } catch (error) {
    throw sqlInvalid(user, readDuckdbError(error), error);
  }
  const pivot = /\bpivot\b/i.test(user.sql)
    ? " A PIVOT that finds its columns in the data counts as several: list them with IN (…)."
    : "";
  throw sqlRefused(`The SQL has ${count} statements, and exactly one query is allowed: use WITH for steps.${pivot}`);
}

function assertQuery({ duckdb }: DuckdbSession, sql: string, statement: DuckDBPreparedStatement): void {
  const type = statement.statementType;
  // DuckDB reports PRAGMA as a SELECT, but it cannot be used in place of one.
  const name = /^\s*pragma\b/i.test(sql) ? "PRAGMA" : duckdb.StatementType[type]?.replaceAll("_", " ");
  if (type !== duckdb.StatementType.SELECT || name === "PRAGMA") {
    throw sqlRefused(`Only a query that yields rows is allowed, and this SQL is ${name}: write a SELECT.`);
  }
}

/** With its values, a parameter may have a wrong type that was unknown without them. */
async function columnsOf(session: DuckdbSession, statement: DuckDBPreparedStatement, user: UserSql, body: string) {
  try {
    return await boundColumns(session, statement, body);
  } catch (thrown) {
    session.signal.throwIfAborted();
    const error = readDuckdbError(thrown);
    const position = error.position === undefined ? undefined : error.position - BOUND_PREFIX.length;
    throw sqlInvalid(user, { ...error, position }, thrown);
  }
}

/** Each parameter of the SQL has a value, and each value a parameter: one that is not used is a name that was misspelt. */
function checkParameters(statement: DuckDBPreparedStatement, { parameters }: UserSql): void {
  const used = parameterNames(statement);
  const missing = used.find((name) => !hasParameter(parameters, name));
  if (missing !== undefined) {
    const name = /^\d/.test(missing) ? "name" : missing;
    throw sqlRefused(
      `The SQL has the parameter "${missing}", for which there is no value: write $${name} and set source.parameters: { ${name}: … } in the job.`,
    );
  }
  const unused = parameters.find((name) => !hasParameter(used, name));
  if (unused !== undefined)
    throw sqlRefused(`The SQL has no $${unused}, which source.parameters has: write it in the SQL, or leave it out.`);
}

/** Case is ignored, as SQL does: a table with both `a` and `A` cannot be read by name. */
function assertDistinctNames(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      const both =
        other === name
          ? `two columns named "${name}"`
          : `the columns "${other}" and "${name}", which differ in case only`;
      throw sqlRefused(`The SQL yields ${both}: give one of them another name with AS.`);
    }
    seen.set(name.toLowerCase(), name);
  }
}

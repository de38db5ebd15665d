import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import type { InspectedQuery } from "../query/inspect-query.ts";
import { boundColumns } from "../query/sql-parameters.ts";

/**
 * The numbers of the columns that are an untyped NULL (or a list of them), which the driver reports as INTEGER. In a list together with a
 * BOOLEAN a NULL becomes BOOLEAN and an INTEGER stays what it is; nothing is run for this, only bound.
 */
export async function findUntypedNulls(session: DuckdbSession, query: InspectedQuery): Promise<ReadonlySet<number>> {
  const suspects = query.columns.flatMap(({ type }, index) => (/^INTEGER(?:\[\])*$/.test(String(type)) ? [index] : []));
  if (suspects.length === 0) return new Set();
  const probes = suspects.map((index) => `[c${index}, CAST(NULL AS ${asBoolean(query, index)})]`);
  const names = query.columns.map((_, index) => `c${index}`).join(", ");
  const probe = `SELECT ${probes.join(", ")} FROM (${query.body}\n) AS q(${names})`;
  const statement = await session.connection.prepare(probe);
  try {
    const columns = await boundColumns(session, statement, probe);
    return new Set(suspects.filter((index, at) => String(columns[at]?.type) === `${asBoolean(query, index)}[]`));
  } finally {
    statement.destroySync();
  }
}

function asBoolean(query: InspectedQuery, index: number): string {
  return String(query.columns[index]?.type).replace("INTEGER", "BOOLEAN");
}

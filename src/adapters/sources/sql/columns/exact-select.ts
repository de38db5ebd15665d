import type { Column } from "../../../../core/ports/frame-source.ts";
import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier } from "../../../duckdb/sql-quoting.ts";
import type { InspectedQuery } from "../query/inspect-query.ts";
import { inspectQuery } from "../query/inspect-query.ts";
import type { UserSql } from "../query/sql-error.ts";
import type { HugeType } from "./column-rewrite.ts";
import { columnRewrite } from "./column-rewrite.ts";
import { findUntypedNulls } from "./untyped-nulls.ts";

/** The user's query around which every column is given a type that the whole pipeline keeps exactly. */
export type ExactSelect = {
  /** Ends with the user's query in parentheses, whose rows it keeps in their order. */
  readonly sql: string;
  /** Where the user's SQL begins in `sql`, in UTF-8 bytes. */
  readonly offset: number;
  /** Columns that are HUGEINT in the query, at any depth: BIGINT here. */
  readonly hugeColumns: readonly string[];
  /** The same rows for a query that has a HUGEINT of more than 64 bits: all of these columns are DECIMAL(38,0). Null if there are none. */
  readonly wide: ExactSelect | null;
};

/** Checks the user's SQL and wraps it. Reads no table. */
export async function exactSelect(session: DuckdbSession, user: UserSql): Promise<ExactSelect> {
  const query = await inspectQuery(session, user);
  const untypedNulls = await findUntypedNulls(session, query);
  const narrow = wrap(session, query, untypedNulls, "BIGINT");
  const wide = narrow.hugeColumns.length === 0 ? null : wrap(session, query, untypedNulls, "DECIMAL(38,0)");
  return { ...narrow, wide: wide === null ? null : { ...wide, wide: null } };
}

/** What precedes the select in the statement that describes it. */
export const DESCRIBE_PREFIX = "DESCRIBE ";

/** The columns as they will be written, by binding only. */
export async function describeSelect(session: DuckdbSession, select: string): Promise<readonly Column[]> {
  const rows = await session.query(`${DESCRIBE_PREFIX}${select}`);
  return rows.map((row) => ({ name: String(row["column_name"]), type: String(row["column_type"]) }));
}

/** The columns get numbers inside, because not every name that is a column is one that SQL finds again. */
function wrap(
  session: DuckdbSession,
  query: InspectedQuery,
  untypedNulls: ReadonlySet<number>,
  hugeType: HugeType,
): Omit<ExactSelect, "wide"> {
  const columns = query.columns.map(({ name, type }, index) => {
    const rewrite = columnRewrite(name, type, session.duckdb.DuckDBTypeId, hugeType);
    const text = String(type).replace("INTEGER", "VARCHAR");
    const value = untypedNulls.has(index) ? `CAST(c${index} AS ${text})` : (rewrite?.(`c${index}`) ?? `c${index}`);
    return `${value} AS ${quoteIdentifier(name)}`;
  });
  const prefix = `SELECT ${columns.join(", ")} FROM (`;
  const names = query.columns.map((_, index) => `c${index}`).join(", ");
  const huge = query.columns.filter(({ type }) => String(type).includes("HUGEINT"));
  return {
    sql: `${prefix}${query.body}\n) AS q(${names})`,
    offset: Buffer.byteLength(prefix),
    hugeColumns: huge.map(({ name }) => name),
  };
}

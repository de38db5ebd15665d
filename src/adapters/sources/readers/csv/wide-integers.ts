import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";

/**
 * DuckDB takes a column of whole numbers for DOUBLE where one of them exceeds 64 bits, and all lose digits. Answers the option of read_csv that
 * keeps them: `DECIMAL(38,0)` for each column in `doubles` that holds nothing else. It cannot be one of the types that DuckDB tries, because it
 * would round 2.5 to 3. `texts` is a reader whose columns are all text; a column with fractions shows one in its first rows.
 */
export async function wideIntegerTypes(
  session: DuckdbSession,
  texts: string,
  doubles: Iterable<string>,
  refusal: (reason: string) => Error,
): Promise<string> {
  const types: string[] = [];
  for (const name of doubles) {
    const value = `trim(${quoteIdentifier(name)})`;
    const find = (condition: string) => session.query(`SELECT 1 FROM ${texts} WHERE ${condition} LIMIT 1`);
    if ((await find(`NOT regexp_full_match(${value}, '-?[0-9]+')`)).length > 0) continue;
    if ((await find(`length(ltrim(${value}, '-')) > 38`)).length > 0) {
      throw refusal(
        `the column "${name}" has whole numbers of more than 38 digits. Read the file in the SQL, as text or inexactly: ` +
          `FROM read_csv('…', types = {${quoteText(name)}: 'VARCHAR'}), or 'DOUBLE'`,
      );
    }
    types.push(`${quoteText(name)}: 'DECIMAL(38,0)'`);
  }
  return types.length === 0 ? "" : `, types = {${types.join(", ")}}`;
}

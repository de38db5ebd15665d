import type { DuckdbSession } from "../../duckdb/duckdb-session.ts";
import { quoteText } from "../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../tables/table-error.ts";
import { escapeGlob } from "../tables/table-files.ts";

/** Refuses a Parquet file with two columns whose names differ in case only: DuckDB would give the second one another name, without a word. */
export async function refuseSameParquetNames(session: DuckdbSession, table: string, file: string): Promise<void> {
  const elements = await session.query(
    `SELECT name, num_children::INTEGER AS children FROM parquet_schema(${quoteText(escapeGlob(file))})`,
  );
  const seen = new Map<string, string>();
  for (const name of topNames(elements.map((each) => [String(each["name"]), Number(each["children"] ?? 0)]))) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      const both =
        other === name ? `two columns "${name}"` : `the columns "${other}" and "${name}", which differ in case only`;
      throw tableUnreadable(
        table,
        file,
        `it has ${both}, and SQL cannot tell them apart. Write it again with other names`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}

/** The columns of a schema that is told element by element, depth first: the root, then each column before its fields. */
function topNames(elements: readonly (readonly [name: string, children: number])[]): string[] {
  const names: string[] = [];
  const left: number[] = [];
  for (const [name, children] of elements) {
    if (left.length === 1) names.push(name);
    if (left.length > 0) left.push((left.pop() as number) - 1);
    left.push(children);
    while (left.length > 1 && left.at(-1) === 0) left.pop();
  }
  return names;
}

import { closest } from "fastest-levenshtein";
import { readDuckdbError } from "../../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";
import { quoteIdentifier, quoteText } from "../../../../duckdb/sql-quoting.ts";
import type { DateFormat } from "./date-format.ts";

/** Declared types, in DuckDB's own spelling, by the names of the columns. Throws for names that the table does not have and for what is no type. */
export async function declaredTypes(
  session: DuckdbSession,
  types: readonly (readonly [name: string, type: string])[],
  names: readonly string[],
  fault: (reason: string) => Error,
): Promise<ReadonlyMap<string, string>> {
  const declared = new Map<string, string>();
  for (const [given, type] of types) {
    const name =
      names.find((each) => each === given) ?? names.find((each) => each.toLowerCase() === given.toLowerCase());
    if (name === undefined) {
      throw fault(
        `\`types\` has "${given}", which is not one of its columns. The nearest name is "${closest(given, [...names])}"`,
      );
    }
    declared.set(name, await duckdbType(session, name, type, fault));
  }
  return declared;
}

const TYPES =
  "VARCHAR,BIGINT,INTEGER,SMALLINT,TINYINT,HUGEINT,UBIGINT,UINTEGER,DOUBLE,FLOAT,DECIMAL(18,2),BOOLEAN,DATE,TIME,TIMESTAMP,TIMESTAMPTZ,TIMESTAMP_NS,UUID".split(
    ",",
  );

async function duckdbType(
  session: DuckdbSession,
  name: string,
  type: string,
  fault: (reason: string) => Error,
): Promise<string> {
  const invalid = (): Error =>
    fault(
      `\`types\` gives the column "${name}" the type ${JSON.stringify(type)}, which DuckDB does not have. The nearest is ${closest(type.toUpperCase(), TYPES)}`,
    );
  if (/[;]|--|\/\*/.test(type)) throw invalid();
  try {
    const [described, ...others] = await session.query(`DESCRIBE SELECT CAST(NULL AS ${type}) AS "value"`);
    if (described === undefined || others.length > 0 || described["column_name"] !== "value") throw invalid();
    return String(described["column_type"]);
  } catch (error) {
    session.signal.throwIfAborted();
    if (readDuckdbError(error).kind === "Out of Memory") throw error;
    throw invalid();
  }
}

/** A cell that its declared type cannot hold. */
export type UnfitCell = { readonly column: string; readonly type: string; readonly text: string };

/** Looks for a cell that would become NULL, an error, or another number. `texts` is a query for all cells as text; `nulls` are no cells. */
export async function findUnfitCell(
  session: DuckdbSession,
  texts: string,
  declared: ReadonlyMap<string, string>,
  nulls: readonly string[],
  format: DateFormat | undefined,
): Promise<UnfitCell | undefined> {
  const columns = [...declared].filter(([, type]) => type !== "VARCHAR");
  if (columns.length === 0) return undefined;
  const empty = ["", ...nulls].map(quoteText).join(", ");
  const values = columns.map(([name, type]) => {
    const cell = quoteIdentifier(name);
    return `min(CASE WHEN ${cell} NOT IN (${empty}) AND (${misfit(cell, type, format)}) THEN ${cell} END)`;
  });
  const list = values.map((value, index) => `${value} AS v${index}`).join(", ");
  const [row] = await session.query(`SELECT ${list} FROM (${texts})`);
  for (const [index, [column, type]] of columns.entries()) {
    const text = row?.[`v${index}`];
    if (typeof text === "string") return { column, type, text };
  }
  return undefined;
}

const DAY = "[0-9]{4}[^0-9][0-9]{1,2}[^0-9][0-9]{1,2}";

/** A condition on the text: DuckDB's cast rounds fractions to whole numbers and to the decimals of a type, and drops what follows a microsecond, the time of a
 * date, and the zone of a local time. */
function misfit(cell: string, type: string, format: DateFormat | undefined): string {
  const uncast = `TRY_CAST(${cell} AS ${type}) IS NULL`;
  const unlike = (pattern: string): string => `NOT regexp_full_match(trim(${cell}), '${pattern}') OR ${uncast}`;
  if (/^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/.test(type)) return unlike("[+-]?[0-9]+");
  const scale = /^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale !== undefined) return unlike(`[+-]?(?:[0-9]+(?:\\.[0-9]{0,${scale}}0*)?|\\.[0-9]{1,${scale}}0*)`);
  if (format !== undefined && (type === "DATE" || type === "TIMESTAMP")) {
    return `try_strptime(${cell}, ${quoteText(format.format)}) IS NULL`;
  }
  if (type === "DATE") return unlike(`${DAY}(?:[ T]00:00(?::00(?:\\.0+)?)?)?`);
  if (type === "TIME") return unlike("[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\\.[0-9]{1,6}0*)?)?");
  const decimals = { "TIMESTAMP WITH TIME ZONE": 6, TIMESTAMP: 6, TIMESTAMP_NS: 9, TIMESTAMP_MS: 3, TIMESTAMP_S: 0 }[
    type
  ];
  if (decimals !== undefined) {
    const shifted = `regexp_matches(${cell}, ':[0-9.]+ *[+-][0-9:]+$') AND NOT regexp_matches(${cell}, '[+-]00(?::?00)?$')`;
    // DuckDB leaves out the zone of a timestamp that has none.
    const zone = type === "TIMESTAMP WITH TIME ZONE" ? "" : ` OR (${shifted})`;
    return `${unlike("[0-9]{4}[^0-9].*")} OR regexp_matches(${cell}, '\\.[0-9]{${decimals + 1},}')${zone}`;
  }
  return uncast;
}

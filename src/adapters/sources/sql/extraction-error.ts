import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { DuckdbError } from "../../duckdb/duckdb-error.ts";
import { readDuckdbError } from "../../duckdb/duckdb-error.ts";
import type { RegisteredTable } from "../tables/register-tables.ts";
import { tableUnreadable } from "../tables/table-error.ts";
import type { ExactSelect } from "./columns/exact-select.ts";
import type { UserSql } from "./query/sql-error.ts";
import { drawPlace, sqlInvalid } from "./query/sql-error.ts";

export type ExtractionContext = {
  readonly user: UserSql;
  readonly select: ExactSelect;
  readonly tables: readonly RegisteredTable[];
  readonly memoryLimitMb: number;
  /** How many bytes precede the select in the statement that ran. */
  readonly prefixBytes: number;
};

/** What went wrong while the query ran: a table's bytes, the SQL, the data, or the machine. */
export function extractionError(thrown: unknown, context: ExtractionContext): ScoreframeError {
  if (ScoreframeError.is(thrown)) return thrown;
  const raw = readDuckdbError(thrown);
  const error = { ...raw, position: positionInUserSql(raw.position, context) };
  const broken = tableNamedIn(error.text, context.tables);
  if (broken !== undefined) return tableUnreadable(broken.table, broken.file, error.reason, thrown);
  if (/^(?:Parser|Binder|Catalog|Missing Extension)$/.test(error.kind)) return sqlInvalid(context.user, error, thrown);
  const message = `The rows could not be extracted: ${explain(error, context)}`;
  return new ScoreframeError("SOURCE_FAILED", message, { operation: "extract", cause: thrown });
}

function positionInUserSql(
  position: number | undefined,
  { user, select, prefixBytes }: ExtractionContext,
): number | undefined {
  if (position === undefined) return undefined;
  const inside = position - prefixBytes - select.offset;
  return inside >= 0 && inside <= Buffer.byteLength(user.sql) ? inside : undefined;
}

function tableNamedIn(reason: string, tables: readonly RegisteredTable[]): { table: string; file: string } | undefined {
  for (const { name, files } of tables) {
    const file = files.find((path) => reason.includes(path));
    if (file !== undefined) return { table: name, file };
  }
  return undefined;
}

/** DuckDB finds the types of a file in a sample of its rows if the SQL reads the file itself. */
function sampleAdvice({ text }: DuckdbError): string {
  if (!/converting column|transform error/i.test(text)) return "";
  return (
    "\nThe SQL reads this file itself, so DuckDB took its types from a sample of the rows. Write it as a table of source.tables, whose rows are all read to find them, " +
    "or give the types: FROM read_csv('…', types = {'column': 'VARCHAR'}), FROM read_json('…', columns = {…})"
  );
}

function explain(error: DuckdbError, context: ExtractionContext): string {
  if (error.kind === "Out of Memory") {
    return `the query needs more than its memory limit of ${context.memoryLimitMb} MB, also with spilling to disk (${error.reason}). Raise the limit, or aggregate less at once.`;
  }
  if (error.reason.includes("DECIMAL(38,0)") && context.select.hugeColumns.length > 0) {
    const columns = context.select.hugeColumns.map((name) => `"${name}"`).join(", ");
    return `a HUGEINT has more than 38 digits (${error.reason}), in ${columns}. Cast the column in the SQL, for example to VARCHAR or DOUBLE.`;
  }
  const advice = sampleAdvice(error);
  if (advice !== "") return `${error.reason}${advice}`;
  const hint = error.kind === "Conversion" ? "\nIf such a value may become NULL, write TRY_CAST(… AS …)." : "";
  return `${error.reason}${drawPlace(context.user, error.position)}${hint}`;
}

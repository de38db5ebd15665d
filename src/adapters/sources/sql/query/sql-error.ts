import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { DuckdbError } from "../../../duckdb/duckdb-error.ts";
import { placeOf } from "./sql-caret.ts";

/** The SQL as the user wrote it, and the names of tables and parameters that it may use. */
export type UserSql = {
  readonly sql: string;
  readonly tables: readonly string[];
  readonly parameters: readonly string[];
};

/** A mistake in the SQL, shown at its line and column. `position` counts bytes of the user's SQL. */
export function sqlInvalid(user: UserSql, error: DuckdbError, cause: unknown): ScoreframeError {
  const extension = MISSING_EXTENSION.exec(error.text);
  if (extension !== null) return needsExtension(extension[1] ?? extension[2] ?? "", cause);
  const place = error.position === undefined ? undefined : placeOf(user.sql, error.position);
  const where = place === undefined ? "" : ` at line ${place.line}, column ${place.column}`;
  const drawing = place === undefined ? "" : `\n${place.drawing}`;
  const reason = keepOwnSuggestions(error.reason, user.tables).replaceAll("\n", " ");
  return new ScoreframeError(
    "SQL_INVALID",
    `The SQL is invalid${where}: ${reason}${drawing}\n${tableList(user.tables)}`,
    {
      operation: "read the SQL",
      details: { ...(place === undefined ? {} : { line: place.line, column: place.column }), tables: user.tables },
      cause,
    },
  );
}

/** SQL that is not allowed: several statements, a statement that writes, … */
export function sqlRefused(message: string): ScoreframeError {
  return new ScoreframeError("SQL_INVALID", message, { operation: "read the SQL" });
}

/** For the end of a message: the line and column, drawn. Empty if the place is unknown. */
export function drawPlace(user: UserSql, position: number | undefined): string {
  if (position === undefined) return "";
  const place = placeOf(user.sql, position);
  return ` (line ${place.line}, column ${place.column} of the SQL)\n${place.drawing}`;
}

const MISSING_EXTENSION = /requires the extension (\w+)|exists in the (\w+) extension/;

/** DuckDB's message is not repeated for a remote file, because its address may hold a credential. */
function needsExtension(extension: string, cause: unknown): ScoreframeError {
  const remote = extension === "httpfs" || extension === "aws" || extension === "azure";
  const message = remote
    ? "The SQL reads a remote file (s3, http, …), and only the job's tables may lie elsewhere. Name an s3:// path in source.tables " +
      "(tables: { t: s3://bucket/… }) and write that name in the SQL; copy what is behind http to this machine or to S3."
    : `The SQL needs DuckDB's extension "${extension}", which is not built in, and nothing is downloaded in a run: prepare the table as Parquet or CSV.`;
  return new ScoreframeError("SQL_INVALID", message, { operation: "read the SQL", cause: remote ? undefined : cause });
}

/** DuckDB also suggests tables of its own catalogue (`pg_enum`), which are no help. */
function keepOwnSuggestions(reason: string, tables: readonly string[]): string {
  return reason.replace(/\n*Did you mean "((?:[^"]|"")+)"\?/g, (suggestion, name: string) =>
    /^(?:pg_|duckdb_|sqlite_|information_schema)/.test(name) && !tables.includes(name) ? "" : suggestion,
  );
}

function tableList(tables: readonly string[]): string {
  return tables.length === 0 ? "The job names no tables (`source.tables`)." : `Tables: ${tables.join(", ")}.`;
}

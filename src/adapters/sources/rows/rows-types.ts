import { quoteIdentifier } from "../../duckdb/sql-quoting.ts";
import type { Survey, ValueKind } from "./rows-survey.ts";
import { rowsInvalid } from "./rows-survey.ts";

/** A column of rows. `jsonType` is what its JSON form is read as, before it is cast to `type`. */
export type RowsColumn = { readonly name: string; readonly type: string; readonly jsonType: string };

/** The columns of a survey, each with the DuckDB type that holds all of its values exactly. Throws `ROWS_INVALID` if there is none. */
export function columnTypes(survey: Survey): RowsColumn[] {
  assertDistinctNames(survey);
  return [...survey.fields].map(([name, field]) => ({
    name,
    type: typeOf(field, "BLOB"),
    // Escaped bytes are text to the JSON reader, and become bytes by a cast.
    jsonType: typeOf(field, "VARCHAR"),
  }));
}

function typeOf(survey: Survey, bytes: "BLOB" | "VARCHAR"): string {
  switch (onlyKind(survey)) {
    case "boolean":
      return "BOOLEAN";
    case "number":
      return "DOUBLE";
    case "date":
      return "TIMESTAMP WITH TIME ZONE";
    case "bytes":
      return bytes;
    case "integer":
    case "bigint":
      return integerType(survey);
    case "list":
      return `${survey.element === undefined ? "VARCHAR" : typeOf(survey.element, bytes)}[]`;
    case "object":
      return structType(survey, bytes);
    // A column of nothing but null has no type; text is what it can be compared and written with.
    case "string":
    case undefined:
      return "VARCHAR";
  }
}

/** Whole numbers go with others, and with bigints; any other two kinds in one column are a mistake, not a type. */
function onlyKind(survey: Survey): ValueKind | undefined {
  const kinds = [...survey.firstRows.keys()];
  const [first, ...others] = kinds.filter((kind) => kind !== "integer");
  if (others.length === 0 && (first === undefined || first === "number" || first === "bigint" || kinds.length === 1)) {
    return first ?? kinds[0];
  }
  const seen = [...survey.firstRows].map(([kind, row]) => `${NAMES[kind]} in row ${row}`);
  const message = `The column "${survey.path}" mixes kinds: ${seen.join(", ")}. Make them one kind, for example with ${hintFor(kinds)}.`;
  throw rowsInvalid(message, Math.max(...survey.firstRows.values()), survey.path);
}

const NAMES: Readonly<Record<ValueKind, string>> = {
  boolean: "a boolean",
  string: "a string",
  integer: "a whole number",
  bigint: "a bigint",
  number: "a number",
  date: "a Date",
  bytes: "bytes",
  list: "an array",
  object: "an object",
};

function hintFor(kinds: readonly ValueKind[]): string {
  if (kinds.includes("list") || kinds.includes("object")) return "JSON.stringify(value)";
  if (kinds.every((kind) => kind === "number" || kind === "bigint" || kind === "integer")) return "Number(value)";
  return "String(value)";
}

function integerType({ least, most, path }: Survey): string {
  if (least >= -(2n ** 63n) && most < 2n ** 63n) return "BIGINT";
  if (least >= 0n && most < 2n ** 64n) return "UBIGINT";
  if (least > -(10n ** 38n) && most < 10n ** 38n) return "DECIMAL(38,0)";
  throw rowsInvalid(
    `The column "${path}" has a bigint of more than 38 digits: use String(value) or Number(value).`,
    undefined,
    path,
  );
}

function structType(survey: Survey, bytes: "BLOB" | "VARCHAR"): string {
  if (survey.fields.size === 0) {
    throw rowsInvalid(
      `The column "${survey.path}" holds objects without any key: leave it out, or use null.`,
      undefined,
      survey.path,
    );
  }
  assertDistinctNames(survey);
  return `STRUCT(${[...survey.fields].map(([name, field]) => `${quoteIdentifier(name)} ${typeOf(field, bytes)}`).join(", ")})`;
}

/** Names of columns and fields ignore case in SQL. */
function assertDistinctNames(survey: Survey): void {
  const seen = new Map<string, string>();
  for (const [name, field] of survey.fields) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw rowsInvalid(
        `The columns "${field.path}" and "${other}" differ in case only, and a table holds one of them: rename one.`,
        undefined,
        name,
      );
    }
    seen.set(name.toLowerCase(), field.path);
  }
}

import type { TableColumn } from "../../../domain/table-manifest.ts";
import type { ColumnType } from "../../../domain/types/column-type.ts";
import { commonType } from "../../../domain/types/column-type.ts";
import { contractText } from "../../../domain/types/contract-text.ts";
import { sqlName, sqlType } from "../../../domain/types/sql-type.ts";
import { ScoreframeError } from "../../../errors/scoreframe-error.ts";
import type { TableContract } from "./table-contract.ts";

/** A column that cannot be written as the table has it, and a value that would change. */
export type TypeConflict = {
  readonly column: TableColumn;
  readonly wanted: ColumnType;
  readonly value: string | null;
};

/** `prefix`: what a job puts before the names of its predictions. */
export function typesChanged(
  { location }: TableContract,
  conflicts: readonly TypeConflict[],
  prefix: string,
): ScoreframeError {
  const said = conflicts.map(({ column, wanted, value }) => {
    const example = value === null ? "" : ` (the value ${value.slice(0, 100)})`;
    return `the column ${JSON.stringify(column.name)} is ${sqlType(column.type)} in this run${example} and ${sqlType(wanted)} in the table`;
  });
  const details = conflicts.map(({ column, wanted }) => ({
    column: column.name,
    types: [sqlType(wanted), sqlType(column.type)],
  }));
  const predictions = conflicts.filter(({ column }) => column.role === "prediction");
  const sources = conflicts.filter(({ column }) => column.role !== "prediction");
  const fixes = [
    ...(sources.length === 0 ? [] : [sourceFix(sources)]),
    ...(predictions.length === 0 ? [] : [predictionFix(predictions, prefix)]),
  ];
  return changed(`${location} cannot take these rows: ${said.join("; ")}. ${fixes.join(" ")}`, "output.path", {
    columns: details,
  });
}

/** A cast would round a fraction and cannot make a number of a text: it is named as what it is, and the other way comes first. */
function sourceFix(sources: readonly TypeConflict[]): string {
  const casts = sources.map(({ column: { name }, wanted }) => {
    const column = sqlName(name);
    return `TRY_CAST(${column} AS ${sqlType(wanted)}) AS ${column}`;
  });
  return (
    `Correct the source, or choose another output.path for rows of the new type. To change the values, cast them in the SQL: ` +
    `SELECT * REPLACE (${casts.join(", ")}); a fraction is rounded to a whole number, and what cannot be cast becomes null.`
  );
}

/** The one type in which the predictions of both days fit, so that no later day decides it again. */
function predictionFix(conflicts: readonly TypeConflict[], prefix: string): string {
  const stated = conflicts.map(({ column, wanted }) => {
    const name = column.name.startsWith(prefix) ? column.name.slice(prefix.length) : column.name;
    return { name, wanted, type: commonType(wanted, column.type) ?? wanted };
  });
  const line = `output.predictions: { ${stated.map(({ name, type }) => `${JSON.stringify(name).slice(1, -1)}: ${contractText(type)}`).join(", ")} }`;
  const fits = stated.every(({ type, wanted }) => JSON.stringify(type) === JSON.stringify(wanted));
  return fits
    ? `Make the model answer as before, and state its type: ${line}. Or choose another output.path.`
    : `State one type for every day: ${line}. The files of this table have the other one, so choose another output.path, too.`;
}

export function columnsChanged(
  { location, evolves }: TableContract,
  { added, missing }: { readonly added: readonly string[]; readonly missing: readonly string[] },
): ScoreframeError {
  const said = [
    ...(added.length === 0 ? [] : [`${quoted(added)} ${added.length === 1 ? "is" : "are"} new`]),
    ...(missing.length === 0 ? [] : [`${quoted(missing)} ${missing.length === 1 ? "is" : "are"} missing`]),
  ].join(", and ");
  // With `evolve` only names that are alike are left to complain of.
  const fix = evolves
    ? "They differ from the table's in case only: rename them in the SQL, or choose another output.path."
    : "Set output.schema: evolve to add new columns and to fill missing ones with null, select the columns of the table, or choose another output.path.";
  return changed(`${location} has other columns than this run: ${said}. ${fix}`, "output.schema", { added, missing });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

function changed(message: string, option: string, details: Readonly<Record<string, unknown>>): ScoreframeError {
  return new ScoreframeError("OUTPUT_SCHEMA_CHANGED", message, { operation: "publish", option, details });
}

import { contractText, spokenType } from "../../domain/types/contract-text.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import type { Conflict } from "./conflict.ts";
import { findConflict } from "./conflict.ts";
import type { ValueColumn } from "./value-column.ts";

/** Most characters of a value that a message quotes. */
const QUOTED = 60;

/** Where a value is from. `where` begins messages, `prefix` the names of columns. */
export type Place = {
  readonly where: string;
  readonly shard: number;
  readonly line: number;
  readonly prefix: string;
};

/** Adds a prediction to the column, or throws `PREDICTIONS_INCOMPATIBLE`. */
export function addValue(column: ValueColumn, value: ExactJson, place: () => Place): void {
  if (column.add(value)) return;
  const conflict = findConflict(column.type, value);
  throw typeConflict(conflict as Conflict, place());
}

/** Throws `PREDICTIONS_INCOMPATIBLE` for a whole number that the column, being of doubles, would round. */
export function assertNotRounded(column: ValueColumn, placeOf: (row: number) => Place): void {
  const rounded = column.rounded();
  if (rounded !== null) throw roundedConflict(rounded.conflict, placeOf(rounded.row));
}

function typeConflict(conflict: Conflict, { where, shard, line, prefix }: Place): ScoreframeError {
  const { path, before, found, inOneList } = conflict;
  const [column = "prediction", ...inside] = path;
  const types = [contractText(before), contractText(found)] as const;
  const [was, is] = [spokenType(before), spokenType(found)];
  const quoted = conflict.text.length > QUOTED ? `${conflict.text.slice(0, QUOTED)}…` : conflict.text;
  const place = inside.length === 0 ? `"${prefix}${column}"` : `"${prefix}${column}" (at ${inside.join(".")})`;
  const said = inOneList
    ? `the column ${place} holds a list of ${was} and ${is}: ${quoted}. A list has one type. ` +
      "Make the model answer an object with a key for each value, or values of one type."
    : `the column ${place} is ${is} here, ${quoted}, and ${was} in the rows before. ${fixOf(column, inside, types)}`;
  return new ScoreframeError("PREDICTIONS_INCOMPATIBLE", `${where}: ${said}`, {
    shard,
    line,
    operation: "stitch",
    details: { column: `${prefix}${column}`, types: [...types] },
  });
}

function fixOf(column: string, inside: readonly string[], [before]: readonly [string, string]): string {
  if (inside.length > 0 || before === "Null") return "Make the model answer every row with the same form.";
  return (
    `Make the model answer one type, or state it, so that other values fail their rows: output.predictions: ` +
    `{ ${column}: ${before} }.`
  );
}

function roundedConflict(conflict: Conflict, { where, shard, line, prefix }: Place): ScoreframeError {
  const [column = "prediction", ...inside] = conflict.path;
  const state = inside.length === 0 ? `, or state output.predictions: { ${column}: double } to round them` : "";
  return new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `${where}: the column "${prefix}${[column, ...inside].join(".")}" is ${spokenType(conflict.found)} here, ${conflict.text}, and a fraction (double) in other rows, and ` +
      `no double holds this number. Make the model answer whole numbers only${state}.`,
    {
      shard,
      line,
      operation: "stitch",
      details: { column: `${prefix}${column}`, types: [contractText(conflict.found), "double"] },
    },
  );
}

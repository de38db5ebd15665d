import type { AnswerRow } from "../answer-rows.ts";
import { demand } from "../conformance-error.ts";
import type { Answered, Lines } from "../trial.ts";

/** Asserts that every row was scored with its own id, in its place. */
export function demandIds(answered: Answered | undefined, lines: Lines): void {
  const expected = lines.flat().map((row) => row.id);
  const rows = rowsOf(answered);
  demand(rows.length === expected.length, "ROWS_LOST", `${expected.length} rows, ${rows.length} answers`);
  for (const [i, id] of expected.entries()) demandId(rows[i], id);
}

export function demandId(row: AnswerRow | undefined, id: string): void {
  demand(
    row !== undefined && "prediction" in row,
    "ROWS_LOST",
    `the row ${id} has no prediction: ${JSON.stringify(row)}`,
  );
  demand(row.prediction === id, "ROWS_MIXED_UP", `the row ${id} was answered with ${row.prediction}`);
}

/** A shard's answers, row by row. */
export function rowsOf(answered: Answered | undefined): AnswerRow[] {
  return answered?.lines.flat() ?? [];
}

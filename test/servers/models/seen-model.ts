import { defineModel } from "../../../src/model.ts";

type Row = Readonly<Record<string, unknown>>;

/** The same as seen.py. */
function tagged(value: unknown): unknown {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return { number: String(value) };
  if (typeof value === "number") return { number: Object.is(value, -0) ? "-0.0" : String(value) };
  if (typeof value === "string") return { text: value };
  if (Array.isArray(value)) return value.map(tagged);
  return { object: Object.entries(value as Row).map(([name, each]) => [name, tagged(each)]) };
}

/** A model that answers what it received. */
export default defineModel({
  predict: (rows: readonly Row[]) => rows.map((row) => ({ seen: JSON.stringify(tagged(row)) })),
});

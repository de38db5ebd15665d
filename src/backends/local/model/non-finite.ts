import { MOST_LEVELS } from "../../../core/json/nesting.ts";

/** What a NaN or an infinity in a prediction is, which JSON does not have: a fault of its row, or null. */
export type NonFinitePolicy = "refuse" | "as_null";

/** The first NaN or infinity in a prediction; undefined if it has none. A value may contain itself: no response that is deeper is accepted. */
export function nonFiniteIn(value: unknown, depth = 0): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : value;
  if (typeof value !== "object" || value === null || depth > MOST_LEVELS) return undefined;
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return firstIn(value.values(), depth + 1);
  if (ArrayBuffer.isView(value)) return isFloats(value) ? value.find((each) => !Number.isFinite(each)) : undefined;
  for (const name in value) {
    const found = nonFiniteIn((value as Readonly<Record<string, unknown>>)[name], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstIn(values: Iterable<unknown>, depth: number): number | undefined {
  for (const value of values) {
    const found = nonFiniteIn(value, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isFloats(view: ArrayBufferView): view is Float32Array | Float64Array {
  return view instanceof Float32Array || view instanceof Float64Array;
}

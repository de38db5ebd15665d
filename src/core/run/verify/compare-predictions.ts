import type { ExactJson } from "../../json/exact-json.ts";
import { exactField, isExactObject, stringifyExact } from "../../json/exact-json.ts";
import type { NumberScale } from "./number-scale.ts";
import { numberScale } from "./number-scale.ts";

/** How two predictions of one row differ. */
export type PredictionDifference = {
  /** The largest relative difference of two numbers; 0 if there is none. */
  readonly largest: number;
  /** Where they differ by more than they may: `""` for the whole, `.score`, `[2]`; null if nowhere. */
  readonly place: string | null;
};

export type ComparePredictions = (before: ExactJson, after: ExactJson) => PredictionDifference;

const SAME: PredictionDifference = { largest: 0, place: null };

/**
 * Compares predictions: texts, booleans and whole numbers exactly, numbers with a fraction within a tolerance. A field that is absent is null, as in a
 * table. `sample` shows how large the numbers usually are, and of what precision.
 */
export function createComparison(sample: readonly ExactJson[], tolerance: number | undefined): ComparePredictions {
  const scales = scalesOf(sample, tolerance);

  function compare(before: ExactJson, after: ExactJson, place: string, path: string): PredictionDifference {
    if (isNumber(before) && isNumber(after)) return compareNumbers(before.rawJSON, after.rawJSON, place, path);
    if (Array.isArray(before) && Array.isArray(after)) {
      if (before.length !== after.length) return { ...SAME, place };
      const parts = before.map((value, index) => compare(value, after[index], `${place}[${index}]`, `${path}[]`));
      return joined(parts);
    }
    if (isExactObject(before) && isExactObject(after)) {
      const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      return joined(
        names.map((name) =>
          compare(
            exactField(before, name) ?? null,
            exactField(after, name) ?? null,
            `${place}.${name}`,
            `${path}.${name}`,
          ),
        ),
      );
    }
    return isSameScalar(before, after) ? SAME : { ...SAME, place };
  }

  function compareNumbers(before: string, after: string, place: string, path: string): PredictionDifference {
    if (before === after) return SAME;
    const [a, b] = [Number(before), Number(after)];
    const scale = scales.get(path);
    const size = Math.max(Math.abs(a), Math.abs(b), scale?.size ?? 0);
    const largest = a === b ? 0 : Math.abs(a - b) / size;
    if (isWhole(before) && isWhole(after)) return { largest, place: BigInt(before) === BigInt(after) ? null : place };
    return { largest, place: largest <= (scale?.tolerance ?? tolerance ?? 0) ? null : place };
  }

  return (before, after) => compare(before, after, "", "");
}

/**
 * A column has one type for all its values, and a value that is read alone has its own: `12` is text in a column with `12A`, and a number of many digits is text of a
 * decimal column. Texts are compared then.
 */
function isSameScalar(before: ExactJson, after: ExactJson): boolean {
  if (before === after) return true;
  const [a, b] = [scalarText(before), scalarText(after)];
  if (a === null || b === null) return false;
  if (typeof before === "string" && typeof after === "string") return false;
  if (a.toLowerCase() === b.toLowerCase()) return true;
  if (before === null) return MISSING.test(b.trim());
  if (typeof before === "boolean") return TRUE.test(b.trim()) === before && (before || FALSE.test(b.trim()));
  return numberOf(a) === numberOf(b);
}

/** A cell that says that there is no value. */
const MISSING = /^(|\.|-+|\?|#?n\/?a|<na>|nan|null|none|nil|missing|\\n)$/i;
const TRUE = /^(true|t|yes|y|1|1\.0)$/i;
const FALSE = /^(false|f|no|n|0|0\.0)$/i;

/** Also as Fortran and R print it: 1D-1, +1., .5. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text.replace(/d(?=[+-]?\d+$)/i, "e"));
}

function scalarText(value: ExactJson): string | null {
  if (typeof value === "string") return value;
  return Array.isArray(value) || isExactObject(value) ? null : stringifyExact(value);
}

function joined(parts: readonly PredictionDifference[]): PredictionDifference {
  return {
    largest: Math.max(0, ...parts.map(({ largest }) => largest)),
    place: parts.find(({ place }) => place !== null)?.place ?? null,
  };
}

function scalesOf(sample: readonly ExactJson[], tolerance: number | undefined): ReadonlyMap<string, NumberScale> {
  const numbers = new Map<string, number[]>();
  const collect = (value: ExactJson, path: string): void => {
    if (isNumber(value)) {
      const known = numbers.get(path);
      if (known === undefined) numbers.set(path, [Number(value.rawJSON)]);
      else known.push(Number(value.rawJSON));
    } else if (Array.isArray(value)) for (const each of value) collect(each, `${path}[]`);
    else if (isExactObject(value)) for (const [name, each] of Object.entries(value)) collect(each, `${path}.${name}`);
  };
  for (const prediction of sample) collect(prediction, "");
  return new Map([...numbers].map(([path, values]) => [path, numberScale(values, tolerance)]));
}

function isNumber(value: ExactJson): value is { readonly rawJSON: string } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactObject(value);
}

function isWhole(spelled: string): boolean {
  return /^-?\d+$/.test(spelled);
}

const MOST_SHOWN = 120;

/** A prediction in a message. */
export function shown(prediction: ExactJson): string {
  const text = stringifyExact(prediction);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

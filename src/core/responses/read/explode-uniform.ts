import type { ColumnType } from "../../domain/types/column-type.ts";
import { findDoubledKey } from "../../json/doubled-key.ts";
import type { JsonPath } from "../../json/json-pointer.ts";
import { isTooDeep } from "../../json/nesting.ts";
import type { DataFrame, Expr } from "../../polars/polars.ts";
import { column, pl, structField } from "../../polars/polars.ts";
import type { PredictionPlace } from "../../protocols/responses/prediction-place.ts";
import { memoize } from "../../util/memoize.ts";
import type { DecodedColumn } from "../types/decode-json-column.ts";
import { decodeJsonColumn } from "../types/decode-json-column.ts";

/** The values that JSON lines hold, one below the other. */
export type Explosion = {
  /** One column `value`. */
  readonly values: DataFrame;
  readonly type: ColumnType;
  /** Values of each line. */
  readonly counts: ArrayLike<number>;
};

/**
 * Explodes lines (a column `line`) that all have one form: the elements of the list at `place`, or the values there. Null at the first doubt;
 * then the lines are to be read one by one.
 */
export function explodeUniform(lines: DataFrame, place: PredictionPlace): Explosion | null {
  if (lines.height === 0 || isAnyTooDeep(lines)) return null;
  const decoded = decodeJsonColumn(lines.rename({ line: "text" }));
  // An object with a key `error` may be an error object, which only its own text shows.
  if (decoded === null || mayReportError(decoded.type, place) || holdsDoubledKeys(lines)) return null;
  if (place.holds === "value") return valuesAt(decoded, place.path);
  const bare = place.bare ? elementOf(decoded.type) : null;
  const element = bare ?? elementOf(fieldAt(decoded.type, place.path));
  if (element === null || fieldOf(element, "error") !== null) return null;
  const lists = bare === null ? fieldsAt(decoded.values, place.path) : decoded.values;
  const counts = countElements(lists);
  // An empty list would explode to a row of its own.
  return counts === null || counts.includes(0)
    ? null
    : { values: lists.lazy().explode(valueColumn(null)).collectSync(), type: element, counts };
}

/** Members that may say that the predictions next to them are not valid; only their own text shows it. */
function mayReportError(type: ColumnType, { path }: PredictionPlace): boolean {
  if (fieldOf(type, "error") !== null) return true;
  return path.length > 0 && ["errors", "success"].some((name) => name !== path[0] && fieldOf(type, name) !== null);
}

/** Polars takes stack and time for each level, and without end it ends the process. */
function isAnyTooDeep(lines: DataFrame): boolean {
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  return texts.some((text) => text !== null && isTooDeep(Buffer.from(text)));
}

/** Polars keeps one of equal keys, and may keep the wrong one. */
function holdsDoubledKeys(lines: DataFrame): boolean {
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  try {
    return texts.some((text) => text !== null && findDoubledKey(text, JSON.parse(text)) !== null);
  } catch {
    return true;
  }
}

const valueColumn = memoize((_: null): Expr => column("value"));

/** One value of each line. A null may be a missing value, which only the line's own text shows. */
function valuesAt({ values, type }: DecodedColumn, path: JsonPath): Explosion | null {
  const found = fieldAt(type, path);
  if (found === null || (path.length > 0 && fieldOf(found, "error") !== null)) return null;
  const picked = fieldsAt(values, path);
  if (path.length > 0 && picked.getColumn("value").nullCount() > 0) return null;
  return { values: picked, type: found, counts: new Int32Array(values.height).fill(1) };
}

function fieldsAt(objects: DataFrame, path: JsonPath): DataFrame {
  return path.length === 0 ? objects : objects.lazy().select(fieldOfValue(path)).collectSync();
}

const fieldOfValue = memoize(
  (path: JsonPath): Expr => path.reduce((object, name) => structField(object, name), column("value")).alias("value"),
);

/** Null if there is no such field; also of a place in a list. */
function fieldAt(type: ColumnType, path: JsonPath): ColumnType | null {
  return path.reduce<ColumnType | null>((at, name) => (at === null ? null : fieldOf(at, name)), type);
}

function fieldOf(type: ColumnType, name: string): ColumnType | null {
  if (typeof type === "string" || !("Struct" in type)) return null;
  return type.Struct.find((field) => field.name === name)?.dtype ?? null;
}

function elementOf(type: ColumnType | null): ColumnType | null {
  return type !== null && typeof type !== "string" && "List" in type ? type.List : null;
}

function countElements(lists: DataFrame): Int32Array | null {
  const lengths = lists.lazy().select(lengthOfValue(null)).collectSync().getColumn("count");
  return lengths.nullCount() > 0 ? null : (lengths.toTypedArray() as Int32Array);
}

const lengthOfValue = memoize((_: null): Expr => column("value").lst.lengths().cast(pl.Int32).alias("count"));

import type { ListPlace } from "../protocols/protocol.ts";
import type { ColumnType } from "./column-type.ts";
import { decodeJsonColumn } from "./decode-json-column.ts";
import type { DataFrame, Expr } from "./polars.ts";
import { column, pl, structField } from "./polars.ts";
import { remembered } from "./remembered.ts";

/** The values that JSON lines hold, one below the other. */
export type Explosion = {
  /** One column `value`. */
  readonly values: DataFrame;
  readonly type: ColumnType;
  /** Values of each line. */
  readonly counts: ArrayLike<number>;
};

/**
 * Explodes lines (a column `line`) that all have one form: the elements of the list at `place`, or the lines themselves where it is null.
 * Null at the first doubt; then the lines are to be read one by one.
 */
export function explodeUniform(lines: DataFrame, place: ListPlace | null): Explosion | null {
  if (lines.height === 0) return null;
  const decoded = decodeJsonColumn(lines.rename({ line: "text" }));
  // An object with a key `error` may be an error object, which only its own text can tell.
  if (decoded === null || fieldOf(decoded.type, "error") !== null) return null;
  if (place === null) return { ...decoded, counts: new Int32Array(lines.height).fill(1) };
  const bare = place.bare ? elementOf(decoded.type) : null;
  const element = bare ?? elementOf(fieldOf(decoded.type, place.key));
  if (element === null || fieldOf(element, "error") !== null) return null;
  const lists = bare === null ? listsUnder(decoded.values, place.key) : decoded.values;
  const counts = countElements(lists);
  // An empty list would explode to a row of its own.
  return counts === null || counts.includes(0)
    ? null
    : { values: lists.lazy().explode(valueColumn(null)).collectSync(), type: element, counts };
}

const valueColumn = remembered((_: null): Expr => column("value"));

function listsUnder(objects: DataFrame, key: string): DataFrame {
  return objects.lazy().select(fieldOfValue(key)).collectSync();
}

const fieldOfValue = remembered((key: string): Expr => structField(column("value"), key).alias("value"));

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

const lengthOfValue = remembered((_: null): Expr => column("value").lst.lengths().cast(pl.Int32).alias("count"));

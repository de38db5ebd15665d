import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import pl from "nodejs-polars";
import type { ColumnType } from "../domain/types/column-type.ts";

/**
 * The one door to the Polars API for everything that has a known trap. nodejs-polars is pinned exactly, because the hatch below
 * (`deserialize` of Polars' own plan format) is tied to the version of its engine.
 */
export type Expr = pl.Expr;
export type LazyFrame = pl.LazyDataFrame;
export type DataFrame = pl.DataFrame;
export { pl };

/** What an Expr of nodejs-polars wraps. */
type NativeExpr = { alias(name: string): NativeExpr; serialize(format: string): Buffer };
type NativeExpressions = { deserialize(serialised: Buffer, format: "json"): NativeExpr };

const nativeOf = (expr: Expr): NativeExpr => (expr as unknown as { readonly _expr: NativeExpr })._expr;
const NativeExprClass = nativeOf(pl.lit(null)).constructor as unknown as NativeExpressions;
const wrap = pl.Expr as unknown as (native: NativeExpr) => Expr;

/** Any Polars expression, from its serialised form; opens what the JavaScript API does not expose. */
export function expression(serialised: unknown): Expr {
  return lean(NativeExprClass.deserialize(Buffer.from(JSON.stringify(serialised)), "json"));
}

/**
 * An Expr that becomes one of nodejs-polars' only when a method of it is asked for: those are objects of hundreds of closures, 0.4 ms and 186 kB
 * each, which is more than a narrow column of a shard costs. What a mere selection needs is here.
 */
function lean(native: NativeExpr): Expr {
  let whole: Expr | undefined;
  const own: Record<PropertyKey, unknown> = {
    _expr: native,
    inner: () => native,
    alias: (name: string) => lean(native.alias(name)),
    serialize: (format: string) => native.serialize(format),
    [Symbol.toStringTag]: () => "Expr",
  };
  return new Proxy(own, {
    get(target, key) {
      if (key in target) return target[key];
      const full = whole ?? wrap(native);
      whole = full;
      return Reflect.get(full, key);
    },
  }) as unknown as Expr;
}

/** A column by its exact name: `pl.col` would expand `*` and `^…$`. */
export function column(name: string): Expr {
  return expression({ Column: name });
}

function callFunction(name: unknown, ...inputs: Expr[]): Expr {
  return expression({
    Function: { input: inputs.map((input) => JSON.parse(input.serialize("json").toString())), function: name },
  });
}

/** An int64 literal: a plain number literal is a float64, a bigint literal a uint64. Exact up to 2^53. */
export function int64(value: number): Expr {
  return pl.lit(value).cast(pl.Int64);
}

/** Bytes of a UTF-8 string as uint32; `str.lengths()` counts characters. */
export function byteLength(text: Expr): Expr {
  return callFunction({ StringExpr: "LenBytes" }, text);
}

/** The first characters of a text; a negative count drops from the end. */
export function textHead(text: Expr, count: number): Expr {
  return callFunction({ StringExpr: "Head" }, text, int64(count));
}

/** Base64 of a binary column: its JSON encoding panics and the JavaScript API rejects the type. */
export function base64(binary: Expr): Expr {
  return callFunction({ BinaryExpr: "Base64Encode" }, binary);
}

/**
 * A frame whose buffers start at offset 0. The JSON encoder ignores the offset of a null mask of structs inside lists and would write wrong
 * values for a sliced or filtered frame.
 */
export function unsliced(frame: DataFrame): DataFrame {
  return pl.readIPC(frame.writeIPC());
}

/**
 * Scans one Parquet file; globs are off, because a path may hold `[`, `]` or `*`.
 */
export function scanParquet(path: string): LazyFrame {
  return pl.scanParquet(path, { glob: false, hivePartitioning: false, tryParseHiveDates: false } as never);
}

/** What a DataFrame of nodejs-polars wraps: one of those is made of hundreds of closures, which is more than a few rows cost. */
export type NativeFrame = {
  columns: readonly string[];
  select(names: readonly string[]): NativeFrame;
  slice(offset: number, rows: number): NativeFrame;
  vstackMut(other: NativeFrame): void;
  writeParquet(path: string, compression: string): void;
};

/** Of a frame whose columns have the engine's own names: one called `inner` would hide it. */
export function nativeFrame(frame: DataFrame): NativeFrame {
  return (frame as unknown as { inner(): NativeFrame }).inner();
}

/**
 * Reads a small Parquet file, whose columns are `columns`, under other names: a third of the time of a query. Null if they are others, or if
 * one hides the native frame.
 */
export function readSmallParquet(path: string, columns: readonly string[], names: readonly string[]): DataFrame | null {
  if (columns.includes("inner")) return null;
  const frame = pl.readParquet(readFileSync(path));
  const native = nativeFrame(frame);
  if (native.columns.length !== columns.length || native.columns.some((name, index) => name !== columns[index]))
    return null;
  native.columns = names;
  return frame;
}

/** Frames with the same columns, of the engine's names, one below the other, as `pl.concat` has them but with one wrapper for all. Changes the first. */
export function stacked(frames: readonly [DataFrame, ...DataFrame[]]): DataFrame {
  const [first, ...others] = frames;
  const native = nativeFrame(first);
  for (const other of others) native.vstackMut(nativeFrame(other));
  return first.rechunk();
}

let collectGarbage: (() => void) | undefined;

/**
 * Frees frames that are no longer referenced: V8 does not see their memory and would not do so by itself. The event loop must turn once
 * afterwards for the finalisers to run, which returning from a worker's task does.
 */
export function releaseFrames(): void {
  if (collectGarbage === undefined) {
    setFlagsFromString("--expose-gc");
    collectGarbage = runInNewContext("gc") as () => void;
  }
  collectGarbage();
}

/** A field of a struct by its exact name: `struct.field` would expand `*` and `^…$`. */
export function structField(struct: Expr, name: string): Expr {
  return callFunction({ StructExpr: { FieldByName: name } }, struct);
}

/** Runs of equal neighbours, in their order, as structs of `len` (uint32) and `value`. Nulls are equal to one another. */
export function equalNeighbours(value: Expr): Expr {
  return callFunction("RLE", value);
}

/** A cast to a type given as data; what does not fit becomes null, or an error if `strict`. */
export function castTo(value: Expr, type: ColumnType, strict = false): Expr {
  const options = strict ? "Strict" : "NonStrict";
  return expression({
    Cast: { expr: JSON.parse(value.serialize("json").toString()), dtype: { Literal: type }, options },
  });
}

/** Dates or timestamps out of ISO text; null if the text is not one. */
export function parseTime(text: Expr, type: ColumnType, format: string): Expr {
  return expression({
    Function: {
      input: [JSON.parse(text.serialize("json").toString()), { Literal: { Scalar: { String: "raise" } } }],
      function: { StringExpr: { Strptime: [{ Literal: type }, { format, strict: false, exact: true, cache: false }] } },
    },
  });
}

/** JSON text decoded into a type given as data. Polars makes what does not fit fit (4.7 becomes 4): the type must hold every value. */
export function decodeJson(text: Expr, type: ColumnType): Expr {
  return callFunction({ StringExpr: { JsonDecode: { Literal: type } } }, text);
}

/** How often a regular expression is found in a text, as uint32. */
export function countMatches(text: Expr, pattern: string): Expr {
  return callFunction({ StringExpr: { CountMatches: false } }, text, pl.lit(pattern));
}

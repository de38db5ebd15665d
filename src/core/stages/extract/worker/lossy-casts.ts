import type { ColumnType } from "../../../domain/types/column-type.ts";
import { isDecimal, isFloat } from "../../../domain/types/column-type.ts";
import type { LeafCast } from "../../../domain/types/exact-cast.ts";
import { leafCasts } from "../../../domain/types/exact-cast.ts";
import type { Expr } from "../../../polars/polars.ts";
import { castTo, column, pl, scanParquet, structField } from "../../../polars/polars.ts";

/** A column of a file, and the type that its values are to have; `onlyNull` if no value but null may be cast. */
export type ColumnCast = {
  readonly column: string;
  readonly from: ColumnType;
  readonly to: ColumnType;
  readonly onlyNull?: boolean;
};

export type CastCheck = { readonly path: string; readonly rows: number; readonly casts: readonly ColumnCast[] };

/** A column with a value that the cast would change; `value` is the first, as text, or null if it has no short one. */
export type LossyCast = { readonly column: string; readonly value: string | null };

/** Rows that are looked at together: memory is bounded by them. */
const ROWS_AT_ONCE = 1_000_000;

/** The columns of which not every value survives its cast. Values survive that come back from it as they were; null always does. */
export function findLossyCasts({ path, rows, casts }: CastCheck): LossyCast[] {
  const found = new Map<string, LossyCast>();
  for (let offset = 0; offset < rows && found.size < casts.length; offset += ROWS_AT_ONCE) {
    for (const cast of casts) {
      if (found.has(cast.column)) continue;
      const lossy = firstLossy(path, offset, cast);
      if (lossy !== null) found.set(cast.column, lossy);
    }
  }
  return [...found.values()];
}

function firstLossy(path: string, offset: number, cast: ColumnCast): LossyCast | null {
  const leaves = leafCasts(cast.from, cast.to)
    .map((leaf): LeafCast => (cast.onlyNull === true ? { ...leaf, exactness: "never" } : leaf))
    .filter(({ exactness }) => exactness !== "always");
  const slice = scanParquet(path).slice(offset, ROWS_AT_ONCE);
  for (const leaf of leaves) {
    const values = slice
      .select(valuesAt(cast.column, leaf.path).alias("value"))
      .filter(isLossy(pl.col("value"), leaf))
      .limit(1)
      .select(textOf(pl.col("value"), leaf.from).alias("value"))
      .collectSync();
    if (values.height > 0) return { column: cast.column, value: values.getColumn("value").get(0) as string | null };
  }
  return null;
}

function valuesAt(name: string, path: LeafCast["path"]): Expr {
  return path.reduce<Expr>((value, step) => (step === null ? value.explode() : structField(value, step)), column(name));
}

function isLossy(value: Expr, { from, to, exactness }: LeafCast): Expr {
  if (exactness === "never") return value.isNotNull();
  const back = lenientCast(lenientCast(value, from, to), to, from);
  return value.isNotNull().and(back.eq(value).fillNull(pl.lit(false)).not());
}

/** What does not fit becomes null; Polars fails for a float with more digits than a decimal has, unless it has 38. */
function lenientCast(value: Expr, from: ColumnType, to: ColumnType): Expr {
  return isFloat(from) && isDecimal(to)
    ? castTo(castTo(value, { Decimal: [38, to.Decimal[1]] }), to)
    : castTo(value, to);
}

/** Nested values and bytes have no short text. */
function textOf(value: Expr, type: ColumnType): Expr {
  const isLong =
    type === "Binary" || (typeof type === "object" && ["List", "Array", "Struct"].some((key) => key in type));
  return isLong ? pl.lit(null).cast(pl.Utf8) : value.cast(pl.Utf8);
}

import type { ColumnType, IntegerType } from "../../../domain/types/column-type.ts";
import { isFloat, isInteger } from "../../../domain/types/column-type.ts";
import { contractType } from "../../../domain/types/contract-columns.ts";
import type { PredictionType } from "../../../domain/types/prediction-type.ts";
import type { Expr } from "../../../polars/polars.ts";
import { castTo, parseTime, pl } from "../../../polars/polars.ts";

/** How a prediction column is cast to its contract: the cast, and what is true for a value that it would change. */
export type PredictionCast = { readonly type: ColumnType; readonly value: Expr; readonly spoiled: Expr | null };

/** Null if no value of the answered type can be one of the contract. */
export function castPrediction(value: Expr, answered: ColumnType, contract: PredictionType): PredictionCast | null {
  const type = contractType(contract);
  if (answered === "Null") return { type, value: castTo(value, type), spoiled: null };
  if (JSON.stringify(answered) === JSON.stringify(type)) return { type, value, spoiled: null };
  const cast = castTo(value, type);
  if (isFloat(type)) return floatCast(cast, answered, type);
  if (isInteger(type)) return integerCast(value, answered, type);
  if (type === "Boolean") return booleanCast(value, cast, answered);
  if (type === "Date" || (typeof type === "object" && "Datetime" in type)) return timeCast(value, answered, type);
  return fits(answered, type) ? { type, value: cast, spoiled: null } : null;
}

/** What is stated as a float may be rounded, but a number beyond its range would become infinite. */
function floatCast(cast: Expr, answered: ColumnType, type: ColumnType): PredictionCast | null {
  if (!isNumber(answered)) return null;
  return { type, value: cast, spoiled: type === "Float32" ? cast.isInfinite() : null };
}

/** An integer may be answered as 4.0, never as 4.7; a cast alone would silently cut the fraction off. Beyond 2^53 a float is rounded already. */
function integerCast(value: Expr, answered: ColumnType, type: IntegerType): PredictionCast | null {
  if (!isNumber(answered)) return null;
  const lenient = castTo(value, type);
  const rounded = value.abs().gt(Number.MAX_SAFE_INTEGER).or(lenient.cast(pl.Float64).neq(value));
  const changed = isFloat(answered) ? rounded : pl.lit(false);
  return { type, value: lenient, spoiled: value.isNotNull().and(lenient.isNull().or(changed)) };
}

/** Integers that no integer type holds together are answered as decimals without a fraction. */
function isNumber(type: ColumnType): boolean {
  return isInteger(type) || isFloat(type) || (typeof type === "object" && "Decimal" in type);
}

/** Many models answer a yes or no as 0 or 1. */
function booleanCast(value: Expr, cast: Expr, answered: ColumnType): PredictionCast | null {
  if (!isInteger(answered) && !isFloat(answered)) return null;
  return { type: "Boolean", value: cast, spoiled: value.isNotNull().and(value.neq(0)).and(value.neq(1)) };
}

function timeCast(value: Expr, answered: ColumnType, type: ColumnType): PredictionCast | null {
  if (answered !== "String") return null;
  // A timestamp has no zone: what is said to be UTC is kept as UTC, other offsets are rejected.
  const iso = value.str.replace("T", " ").str.replace("(Z|[+]00:?00)$", "");
  const parsed = type === "Date" ? parseTime(value, type, "%Y-%m-%d") : parseTime(iso, type, "%Y-%m-%d %H:%M:%S%.f");
  // Polars cuts the seventh digit of a second and those behind it off.
  const cut = type === "Date" ? pl.lit(false) : value.str.contains("\\.\\d{6}\\d*[1-9]");
  return { type, value: parsed, spoiled: value.isNotNull().and(parsed.isNull().or(cut)) };
}

/** Whether nested values can be widened without loss: nulls, integers to floats, the same fields. */
function fits(answered: ColumnType, type: ColumnType): boolean {
  if (answered === "Null" || JSON.stringify(answered) === JSON.stringify(type)) return true;
  if (typeof answered === "string" || typeof type === "string") {
    return typeof type === "string" && isFloat(type) && (isInteger(answered) || isFloat(answered));
  }
  if ("List" in answered && "List" in type) return fits(answered.List, type.List);
  if (!("Struct" in answered) || !("Struct" in type)) return false;
  const fields = new Map(answered.Struct.map((field) => [field.name, field.dtype]));
  return (
    answered.Struct.length === type.Struct.length &&
    type.Struct.every(({ name, dtype }) => {
      const field = fields.get(name);
      return field !== undefined && fits(field, dtype);
    })
  );
}

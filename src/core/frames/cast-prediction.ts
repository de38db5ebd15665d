import type { PredictionField, PredictionType, ScalarKind } from "../job/prediction-type.ts";
import type { ColumnType, IntegerType, TypedColumn } from "./column-type.ts";
import { isFloat, isInteger } from "./column-type.ts";
import type { Expr } from "./polars.ts";
import { castTo, parseTime, pl } from "./polars.ts";

/** How a prediction column is brought to its contract: the cast, and what is true for a value that it would change. */
export type PredictionCast = { readonly type: ColumnType; readonly value: Expr; readonly spoiled: Expr | null };

const SCALARS: Readonly<Record<ScalarKind, ColumnType>> = {
  boolean: "Boolean",
  int8: "Int8",
  int16: "Int16",
  int32: "Int32",
  int64: "Int64",
  uint64: "UInt64",
  float: "Float32",
  double: "Float64",
  string: "String",
  date: "Date",
  timestamp: { Datetime: ["Microseconds", null] },
};

/** The column type that a contract stands for. */
export function contractType(contract: PredictionType): ColumnType {
  if (contract.kind === "list") return { List: contractType(contract.element) };
  if (contract.kind !== "struct") return SCALARS[contract.kind];
  return { Struct: contract.fields.map((field) => ({ name: field.name, dtype: contractType(field.type) })) };
}

/** The prediction columns that a contract states, in its order. */
export function contractColumns(contract: readonly PredictionField[], prefix: string): TypedColumn[] {
  return contract.map(({ name, type }) => ({ name: `${prefix}${name}`, type: contractType(type) }));
}

/** Null where no value of the answered type can be one of the contract. */
export function castPrediction(value: Expr, answered: ColumnType, contract: PredictionType): PredictionCast | null {
  const type = contractType(contract);
  if (answered === "Null") return { type, value: castTo(value, type), spoiled: null };
  if (JSON.stringify(answered) === JSON.stringify(type)) return { type, value, spoiled: null };
  const cast = castTo(value, type);
  if (type === "Float64" || type === "Float32")
    return isInteger(answered) || isFloat(answered) ? { type, value: cast, spoiled: null } : null;
  if (isInteger(type)) return integerCast(value, answered, type);
  if (type === "Boolean") return booleanCast(value, cast, answered);
  if (type === "Date" || (typeof type === "object" && "Datetime" in type)) return timeCast(value, answered, type);
  return fits(answered, type) ? { type, value: cast, spoiled: null } : null;
}

/** An integer may be answered as 4.0, never as 4.7; a cast alone would cut the fraction off in silence. */
function integerCast(value: Expr, answered: ColumnType, type: IntegerType): PredictionCast | null {
  if (!isInteger(answered) && !isFloat(answered)) return null;
  const lenient = castTo(value, type);
  const changed = isFloat(answered) ? lenient.cast(pl.Float64).neq(value) : pl.lit(false);
  return { type, value: lenient, spoiled: value.isNotNull().and(lenient.isNull().or(changed)) };
}

/** Many models answer a yes or no as 0 or 1. */
function booleanCast(value: Expr, cast: Expr, answered: ColumnType): PredictionCast | null {
  if (!isInteger(answered) && !isFloat(answered)) return null;
  return { type: "Boolean", value: cast, spoiled: value.isNotNull().and(value.neq(0)).and(value.neq(1)) };
}

function timeCast(value: Expr, answered: ColumnType, type: ColumnType): PredictionCast | null {
  if (answered !== "String") return null;
  const iso = value.str.replace("T", " ");
  const parsed = type === "Date" ? parseTime(value, type, "%Y-%m-%d") : parseTime(iso, type, "%Y-%m-%d %H:%M:%S%.f");
  return { type, value: parsed, spoiled: value.isNotNull().and(parsed.isNull()) };
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

import type { ColumnType, TypedColumn } from "./column-type.ts";
import type { Expr } from "./polars.ts";
import { column, structField } from "./polars.ts";

export type PredictionNaming = {
  /** Put before every prediction column's name. */
  readonly prefix: string;
  /** Whether nested objects become columns too, their names joined by `_`. */
  readonly flatten: boolean;
};

/** A prediction column and the expression, over a frame with the column `prediction`, that gives it. */
export type PredictionColumn = TypedColumn & { readonly value: Expr };

/**
 * The columns that predictions become: a scalar or a list one column `prediction`, an object one a key. None where every prediction is null:
 * another shard knows the form.
 */
export function predictionColumns(type: ColumnType, naming: PredictionNaming): PredictionColumn[] {
  if (type === "Null") return [];
  const whole = column("prediction");
  if (typeof type === "string" || !("Struct" in type))
    return [{ name: `${naming.prefix}prediction`, type, value: whole }];
  return fieldsOf(type.Struct, whole, naming.prefix, naming.flatten);
}

function fieldsOf(
  fields: readonly { readonly name: string; readonly dtype: ColumnType }[],
  parent: Expr,
  prefix: string,
  flatten: boolean,
): PredictionColumn[] {
  return fields.flatMap(({ name, dtype }) => {
    const value = structField(parent, name);
    const nested = typeof dtype !== "string" && "Struct" in dtype ? dtype.Struct : null;
    if (flatten && nested !== null) return fieldsOf(nested, value, `${prefix}${name}_`, flatten);
    return [{ name: `${prefix}${name}`, type: dtype, value }];
  });
}

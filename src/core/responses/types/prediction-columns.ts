import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import type { Expr } from "../../polars/polars.ts";
import { column, structField } from "../../polars/polars.ts";
import type { DecodedAnswers } from "../read/decoded-answers.ts";

export type PredictionNaming = {
  /** Put before every prediction column's name. */
  readonly prefix: string;
  /** Whether nested objects become columns too, their names joined by `_`. */
  readonly flatten: boolean;
};

/** A prediction column and the expression, over a frame with the column `prediction`, that gives it. */
export type PredictionColumn = TypedColumn & { readonly value: Expr };

/** The column without its values. */
export function predictionType({ name, type, alternative }: PredictionColumn): TypedColumn {
  return alternative === undefined ? { name, type } : { name, type, alternative };
}

/**
 * The columns that predictions become: a scalar or a list one column `prediction`, an object one per key. None if every prediction is null:
 * another shard knows the form.
 */
export function predictionColumns(
  { type, alternatives }: Pick<DecodedAnswers, "type" | "alternatives">,
  naming: PredictionNaming,
): PredictionColumn[] {
  if (type === "Null") return [];
  const whole = column("prediction");
  const columns =
    typeof type === "string" || !("Struct" in type)
      ? [{ name: `${naming.prefix}prediction`, type, value: whole }]
      : fieldsOf(type.Struct, whole, naming.prefix, naming.flatten);
  return alternatives === undefined
    ? columns
    : columns.map((each, at) => ({ ...each, alternative: alternatives[at] ?? each.type }));
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

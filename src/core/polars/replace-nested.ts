import type { ColumnType } from "../domain/types/column-type.ts";
import type { Expr } from "./polars.ts";
import { pl, structField } from "./polars.ts";

/** How values of some types, at any depth, give way to others. */
export type Replacement = {
  readonly matches: (type: ColumnType) => boolean;
  readonly replace: (value: Expr, type: ColumnType) => Expr;
};

/** A value whose matching parts are replaced; what holds none stays as it is. Nulls stay null. */
export function replaceNested(value: Expr, type: ColumnType, replacement: Replacement): Expr {
  if (replacement.matches(type)) return replacement.replace(value, type);
  if (typeof type === "string" || !holdsMatch(type, replacement.matches)) return value;
  if ("List" in type) return value.lst.eval(replaceNested(pl.element(), type.List, replacement));
  if (!("Struct" in type)) return value;
  const fields = type.Struct.map(({ name, dtype }) =>
    replaceNested(structField(value, name), dtype, replacement).alias(name),
  );
  return pl.when(value.isNull()).then(pl.lit(null)).otherwise(pl.struct(fields));
}

export function holdsMatch(type: ColumnType, matches: Replacement["matches"]): boolean {
  if (matches(type)) return true;
  if (typeof type === "string") return false;
  if ("List" in type) return holdsMatch(type.List, matches);
  if ("Array" in type) return holdsMatch(type.Array[0], matches);
  return "Struct" in type && type.Struct.some((field) => holdsMatch(field.dtype, matches));
}

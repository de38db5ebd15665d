import type { TableColumn } from "../../../domain/table-manifest.ts";
import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { isInteger, settleType } from "../../../domain/types/column-type.ts";
import { leafCasts, surplusFields, withFieldsOf } from "../../../domain/types/exact-cast.ts";
import type { ColumnCast } from "../../extract/worker/lossy-casts.ts";
import type { TableContract } from "./table-contract.ts";

/** How the columns of a run differ from those of the table that it adds to. */
export type Comparison = {
  /** What is to be written: the table's columns in their order and types, then those that `evolve` adds. */
  readonly columns: readonly TableColumn[];
  /** Columns whose types differ: they fit if every value survives the cast. */
  readonly casts: readonly ColumnCast[];
  /** Columns and fields of structs, as paths, that the table has not. */
  readonly added: readonly string[];
  /** Those that only the table has. */
  readonly missing: readonly string[];
};

/** Which columns of the table a run may still be about to have, or need not have: none, those that a model answers, or all. */
export type MayLack = "none" | "predictions" | "all";

export function compareColumns(
  { columns: former, partitionBy, evolves }: TableContract,
  now: readonly TableColumn[],
  mayLack: MayLack,
): Comparison {
  const known = new Map(now.map((column) => [column.name, column]));
  const added: string[] = [];
  const missing: string[] = [];
  const casts: ColumnCast[] = [];
  const columns = former.map((column): TableColumn => {
    const { name, type } = column;
    const found = known.get(name);
    if (found === undefined) {
      if (isNeeded(column, mayLack)) missing.push(name);
      return column;
    }
    added.push(...surplusFields(found.type, type, name));
    if (mayLack !== "all") missing.push(...surplusFields(type, found.type, name));
    const wanted = evolves ? withFieldsOf(type, found.type) : type;
    if (leafCasts(found.type, wanted).length > 0) {
      casts.push({
        column: name,
        from: found.type,
        to: wanted,
        onlyNull: partitionBy.includes(name) && !areIntegers(found, column),
      });
    }
    return { ...column, type: settleType(wanted), role: column.role ?? found.role };
  });
  const names = new Set(former.map(({ name }) => name));
  const others = now.filter(({ name }) => !names.has(name));
  added.push(...others.map(({ name }) => name));
  return {
    columns: [...columns, ...others.map((each) => ({ ...each, type: settleType(each.type) }))],
    casts,
    added,
    missing,
  };
}

/** A table that an older version wrote does not say which columns are predictions. */
function isNeeded({ role }: TableColumn, mayLack: MayLack): boolean {
  return mayLack === "none" || (mayLack === "predictions" && role === "source");
}

/** Only their values name the same folders in every type. */
function areIntegers(...columns: readonly TypedColumn[]): boolean {
  return columns.every(({ type }) => isInteger(type));
}

/** Names that are new and differ from one of the table in case only: many readers take them for the same column. */
export function sameButForCase({ columns }: TableContract, added: readonly string[]): string[] {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()));
  return added.filter((name) => names.has(name.toLowerCase()));
}

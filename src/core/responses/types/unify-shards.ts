import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { commonType } from "../../domain/types/column-type.ts";
import { contractText, spokenType } from "../../domain/types/contract-text.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";

/** The columns of a shard. `name`: what messages call it. */
export type NamedSchema = { readonly name: string; readonly columns: readonly TypedColumn[] };

type Found = { readonly column: TypedColumn; readonly shard: string };

/**
 * The columns of all shards, each with the narrowest type that holds the values of all: null becomes any type, integers widen, integer and float make
 * Float64, structs keep the fields of both, lists unify their elements. A column that a shard does not have is null there. It does not matter which shard
 * comes first. Throws `PREDICTIONS_INCOMPATIBLE` if there is no such type. `known`: columns that are known without a shard.
 */
export function unifyShards(shards: readonly NamedSchema[], known: readonly TypedColumn[] = []): TypedColumn[] {
  const columns = new Map<string, Map<string, Found>>();
  for (const { name: shard, columns: schema } of [{ name: "the job", columns: known }, ...shards]) {
    for (const column of schema) {
      const found = columns.get(column.name) ?? new Map<string, Found>();
      const key = JSON.stringify([column.type, column.alternative]);
      if (!found.has(key)) found.set(key, { column, shard });
      columns.set(column.name, found);
    }
  }
  return [...columns].map(([name, found]) => ({ name, type: unifiedType(name, [...found.values()]) }));
}

/**
 * Cells of CSV whose shards read them in several ways are read in the way of the whole table: markers of missing numbers are null among numbers;
 * whole numbers are text among text; digits that look like codes are numbers among other numbers.
 */
function unifiedType(name: string, found: readonly Found[]): ColumnType {
  const types = found.map(({ column }) => column);
  const unified =
    common(types.map(({ type }) => type)) ??
    common(types.map(({ type, alternative }) => (alternative === "Null" ? "Null" : type))) ??
    common(types.map(({ type, alternative }) => (alternative === "String" ? "String" : type))) ??
    common(types.map(({ type, alternative }) => (type === "String" ? (alternative ?? type) : type)));
  if (unified !== null) return unified;
  throw incompatible(name, found);
}

function common(types: readonly ColumnType[]): ColumnType | null {
  return types.reduce<ColumnType | null>(
    (unified, type) => (unified === null ? null : commonType(unified, type)),
    "Null",
  );
}

function incompatible(name: string, found: readonly Found[]): ScoreframeError {
  const [first, second] = firstPair(found);
  const types = [first, second].map(({ column }) => contractText(column.type));
  return new ScoreframeError(
    "PREDICTIONS_INCOMPATIBLE",
    `The column ${JSON.stringify(name)} is ${spokenType(first.column.type)} in ${first.shard} and ${spokenType(second.column.type)} in ${second.shard}. Make the model answer with one type, or state it in ` +
      `output.predictions: ${statement(name, [first.column, second.column])}.`,
    { operation: "publish", details: { column: name, types } },
  );
}

function firstPair(found: readonly Found[]): readonly [Found, Found] {
  for (const first of found) {
    const second = found.find(({ column }) => commonType(first.column.type, column.type) === null);
    if (second !== undefined) return [first, second];
  }
  return [found[0] as Found, found.at(-1) as Found];
}

/** Cells of CSV can be read as text, whatever they are; a value of JSON only as what it is. */
function statement(name: string, columns: readonly TypedColumn[]): string {
  const isCsv = columns.some(({ alternative }) => alternative !== undefined);
  return `{ ${name}: ${isCsv ? "varchar" : contractText((columns[0] as TypedColumn).type)} }`;
}

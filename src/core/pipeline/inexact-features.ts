import type { ColumnType, TypedColumn } from "../frames/column-type.ts";
import { isDecimal } from "../frames/column-type.ts";
import { leafCasts } from "../frames/exact-cast.ts";
import type { FramePool } from "../frames/frame-pool.ts";
import { sqlName, sqlType } from "../frames/sql-type.ts";
import type { ExtractedInput } from "./extract.ts";

/**
 * Sentences about features whose decimals a double does not hold: they are sent with all their digits, and nearly every reader of JSON makes doubles of
 * them. Reads only columns of decimals with more digits than a double surely holds.
 */
export async function inexactFeatures(
  table: ExtractedInput,
  features: readonly string[],
  pool: FramePool,
  signal: AbortSignal,
): Promise<string[]> {
  const casts = table.columns
    .filter(({ name }) => features.includes(name))
    .map(({ name, type }) => ({ column: name, from: type, to: withDoubles(type) }))
    .filter(({ from, to }) => leafCasts(from, to).some(({ exactness }) => exactness !== "always"));
  if (casts.length === 0) return [];
  const lossy = await pool.run("findLossyCasts", { path: table.path, rows: table.rows, casts }, signal);
  return lossy.map(({ column, value }) =>
    warningOf(table.columns.find(({ name }) => name === column) as TypedColumn, value),
  );
}

function withDoubles(type: ColumnType): ColumnType {
  if (typeof type === "string") return type;
  if (isDecimal(type)) return "Float64";
  if ("List" in type) return { List: withDoubles(type.List) };
  if ("Array" in type) return { Array: [withDoubles(type.Array[0]), type.Array[1]] };
  if ("Struct" in type) return { Struct: type.Struct.map(({ name, dtype }) => ({ name, dtype: withDoubles(dtype) })) };
  return type;
}

function warningOf({ name, type }: TypedColumn, value: string | null): string {
  const column = sqlName(name);
  const fix = isDecimal(type)
    ? `Write CAST(${column} AS DOUBLE) in the SQL to round them there, or CAST(${column} AS VARCHAR) to send text.`
    : "Cast the decimals in it to DOUBLE or VARCHAR in the SQL.";
  return (
    `The feature ${JSON.stringify(name)} is ${sqlType(type)} and has values that no double holds, such as ${value}. ` +
    `They are sent as numbers with all their digits, which most models round. ${fix}`
  );
}

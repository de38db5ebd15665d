import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { isDecimal } from "../../domain/types/column-type.ts";
import { leafCasts } from "../../domain/types/exact-cast.ts";
import { sqlName, sqlType } from "../../domain/types/sql-type.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import type { ExtractedInput } from "./extract.ts";

/** Sentences about features that hold objects with decimals in them: those are text on their way. */
function decimalsInObjects(columns: readonly TypedColumn[], features: readonly string[]): string[] {
  return columns
    .filter(({ name, type }) => features.includes(name) && holdsDecimalInObject(type, false))
    .map(
      ({ name }) =>
        `The feature ${JSON.stringify(name)} has decimals inside of objects, which are sent as text. If the model wants numbers, cast them to DOUBLE in the SQL.`,
    );
}

function holdsDecimalInObject(type: ColumnType, inside: boolean): boolean {
  if (isDecimal(type)) return inside;
  if (typeof type === "string") return false;
  if ("List" in type) return holdsDecimalInObject(type.List, inside);
  if ("Array" in type) return holdsDecimalInObject(type.Array[0], inside);
  return "Struct" in type && type.Struct.some(({ dtype }) => holdsDecimalInObject(dtype, true));
}

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
  const inObjects = decimalsInObjects(table.columns, features);
  if (casts.length === 0) return inObjects;
  const lossy = await pool.run("findLossyCasts", { path: table.path, rows: table.rows, casts }, signal);
  const rounded = lossy.map(({ column, value }) =>
    warningOf(table.columns.find(({ name }) => name === column) as TypedColumn, value),
  );
  return [...rounded, ...inObjects];
}

/** Decimals that are sent as numbers, as doubles: those inside of objects are text. */
function withDoubles(type: ColumnType): ColumnType {
  if (typeof type === "string") return type;
  if (isDecimal(type)) return "Float64";
  if ("List" in type) return { List: withDoubles(type.List) };
  if ("Array" in type) return { Array: [withDoubles(type.Array[0]), type.Array[1]] };
  return type;
}

function warningOf({ name, type }: TypedColumn, value: string | null): string {
  const column = sqlName(name);
  const fix = isDecimal(type)
    ? `Write CAST(${column} AS DOUBLE) in the SQL to round them there, or CAST(${column} AS VARCHAR) to send text.`
    : "Cast the decimals in it to DOUBLE or VARCHAR in the SQL.";
  return (
    `The feature ${JSON.stringify(name)} is ${sqlType(type)} and has values that a double cannot hold, such as ${value}. ` +
    `They are sent as numbers with all their digits, which most models round. ${fix}`
  );
}

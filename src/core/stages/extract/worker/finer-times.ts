import type { ColumnType } from "../../../domain/types/column-type.ts";
import type { Expr } from "../../../polars/polars.ts";
import { column, int64, pl, scanParquet, structField } from "../../../polars/polars.ts";
import { readParquetSchema } from "./parquet-schema.ts";

/** Rows that are looked at together. */
const SLICE_ROWS = 1_000_000;

/** The first of these columns, with its file, that holds a time with digits below a microsecond, at any depth; null if none does. */
export function findFinerTimes({
  files,
  columns,
}: {
  readonly files: readonly string[];
  readonly columns: readonly string[];
}): { readonly file: string; readonly column: string } | null {
  for (const file of files) {
    const types = readParquetSchema(file).filter(({ name }) => columns.includes(name));
    const checks = types.flatMap(({ name, type }) =>
      nanosecondsIn(column(name), type).map((value) => ({ name, value })),
    );
    const finer = firstWithDigits(file, checks);
    if (finer !== null) return { file, column: finer };
  }
  return null;
}

type Check = { readonly name: string; readonly value: Expr };

function firstWithDigits(file: string, checks: readonly Check[]): string | null {
  const digits = checks.map(({ value }, index) => {
    const below = value.cast(pl.Int64).modulo(int64(1000));
    return below.neq(int64(0)).sum().alias(`c${index}`);
  });
  for (let offset = 0; digits.length > 0; offset += SLICE_ROWS) {
    const slice = scanParquet(file).slice(offset, SLICE_ROWS);
    const found = slice.select(...digits, pl.len().alias("rows")).collectSync();
    const index = checks.findIndex((_, each) => Number(found.getColumn(`c${each}`).get(0)) > 0);
    if (index >= 0) return checks[index]?.name ?? null;
    if (Number(found.getColumn("rows").get(0)) < SLICE_ROWS) return null;
  }
  return null;
}

/** All times of nanoseconds in a value; Polars counts those of a day in nanoseconds, too. */
function nanosecondsIn(value: Expr, type: ColumnType): Expr[] {
  if (type === "Time") return [value];
  if (typeof type === "string") return [];
  if ("Datetime" in type) return type.Datetime[0] === "Nanoseconds" ? [value] : [];
  if ("List" in type) return nanosecondsIn(value.explode(), type.List);
  if ("Array" in type) return nanosecondsIn(value.explode(), type.Array[0]);
  if (!("Struct" in type)) return [];
  return type.Struct.flatMap(({ name, dtype }) => nanosecondsIn(structField(value, name), dtype));
}

import { KIND, WAY } from "../../../../../core/domain/cell-kind.ts";
import type { ColumnFacts } from "./column-scan.ts";

/** The type that holds every cell of a column exactly, in DuckDB's spelling. `why`: what makes it text, if no single cell does. */
export type ColumnType = { readonly type: string; readonly way: number; readonly why?: string };

/** Of all files of a table: each keeps one way of writing, and all fit one type. */
export function columnType(facts: readonly ColumnFacts[], declaredDateType: "DATE" | "TIMESTAMP"): ColumnType {
  const filled = facts.filter(({ kind }) => kind !== KIND.NONE);
  const way = filled.reduce((all, each) => all | each.way, 0);
  const text = (why?: string): ColumnType => ({ type: "VARCHAR", way, ...(why === undefined ? {} : { why }) });
  const [first] = filled;
  if (first === undefined || filled.some(({ kind }) => kind === KIND.TEXT)) return text();
  if (filled.some(({ kind }) => kind !== first.kind)) return text("its cells are of several kinds in different files");
  switch (first.kind) {
    case KIND.NUMBER:
      return numberType(filled, way, text);
    case KIND.MOMENT:
      return momentType(way, text);
    case KIND.DATE:
      return { type: "DATE", way };
    case KIND.TIME:
      return { type: "TIME", way };
    case KIND.BOOLEAN:
      return { type: "BOOLEAN", way };
    default:
      return { type: declaredDateType, way };
  }
}

function numberType(facts: readonly ColumnFacts[], way: number, text: (why?: string) => ColumnType): ColumnType {
  const has = (bits: number): boolean => (way & bits) !== 0;
  const digits = Math.max(...facts.map((each) => each.digits));
  const scale = Math.max(...facts.map((each) => each.maxScale));
  if (!has(WAY.INTEGER | WAY.FRACTION | WAY.EXPONENT)) return text("it has no finite number");
  if (!has(WAY.FRACTION | WAY.EXPONENT | WAY.NOT_FINITE)) {
    if (has(WAY.NEGATIVE_ZERO)) return text("it has the cell -0");
    if (!has(WAY.BIG)) return { type: "BIGINT", way };
    return digits <= 38 ? { type: "DECIMAL(38,0)", way } : text("it has whole numbers of more than 38 digits");
  }
  if (!facts.every(keepsOneWay)) return text("its numbers are written with different numbers of zeros at the end");
  if (!has(WAY.INEXACT)) return { type: "DOUBLE", way };
  if (has(WAY.EXPONENT | WAY.NOT_FINITE | WAY.NEGATIVE_ZERO)) return text("it has more digits than a DOUBLE keeps");
  // A DECIMAL writes all of its decimals.
  if (has(WAY.INTEGER) || facts.some(({ minScale }) => minScale !== scale))
    return text("it has more digits than a DOUBLE keeps, and its numbers have different numbers of decimals");
  if (digits + scale > 38) return text("it has numbers of more than 38 digits");
  return { type: `DECIMAL(${digits + scale},${scale})`, way };
}

/** The shortest text (39, 39.1), the shortest with a fraction (39.0, 39.1), or one number of decimals (1290.50, 41.00). */
function keepsOneWay({ way, minScale, maxScale }: ColumnFacts): boolean {
  const has = (bits: number): boolean => (way & bits) !== 0;
  if (!has(WAY.ONE_ZERO | WAY.TRAILING_ZERO)) return true;
  if (!has(WAY.INTEGER | WAY.TRAILING_ZERO)) return true;
  return !has(WAY.INTEGER) && minScale === maxScale && !(has(WAY.EXPONENT) && has(WAY.FRACTION));
}

function momentType(way: number, text: (why?: string) => ColumnType): ColumnType {
  const has = (bits: number): boolean => (way & bits) !== 0;
  if (has(WAY.T) && has(WAY.BLANK)) return text("its timestamps are written with a T and with a blank");
  if (has(WAY.ZONE) && has(WAY.NO_ZONE)) return text("some of its timestamps have a zone and some have none");
  if (!has(WAY.NANOSECONDS)) return { type: has(WAY.ZONE) ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP", way };
  if (has(WAY.ZONE)) return text("its timestamps have a zone and more digits than microseconds");
  if (has(WAY.OUT_OF_NANOSECONDS)) return text("its timestamps have nanoseconds and years beyond 1678 to 2261");
  return { type: "TIMESTAMP_NS", way };
}

import type { Protocol } from "../protocols/protocol.ts";
import type { RequestOptions } from "../protocols/request-options.ts";
import type { ColumnType } from "./column-type.ts";
import { isFloat } from "./column-type.ts";
import type { EncodedColumn } from "./encode-rows.ts";
import type { Expr } from "./polars.ts";
import { column, pl, structField } from "./polars.ts";
import { holdsMatch } from "./replace-nested.ts";

/** Rows with a value that their requests cannot carry; `path` is their dead-letter file. */
export type UnsendableRows = {
  readonly path: string;
  readonly rows: number;
  /** The first of them: its position in the table (0-based), and why it is not sent. */
  readonly first: { readonly position: number; readonly message: string };
};

/** A condition under which a row cannot be sent, and the words that say so. */
type Obstacle = { readonly holds: Expr; readonly reason: string };

/** Why a row cannot be sent: text, null where it can. Null instead of an expression where nothing can stand in any row's way. */
export function unsendableReason(
  columns: readonly EncodedColumn[],
  protocol: Pick<Protocol, "rowForm">,
  options: RequestOptions,
): Expr | null {
  const obstacles = columns.flatMap((each) => obstaclesOf(each, protocol, options));
  if (obstacles.length === 0) return null;
  return obstacles.reduceRight<Expr>(
    (rest, { holds, reason }) => pl.when(holds).then(pl.lit(reason)).otherwise(rest),
    pl.lit(null).cast(pl.Utf8),
  );
}

function obstaclesOf(each: EncodedColumn, { rowForm }: Pick<Protocol, "rowForm">, options: RequestOptions): Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (options.nonFinite === "error" && holdsMatch(each.type, isFloat)) {
    obstacles.push({
      holds: holdsNonFinite(column(each.alias), each.type),
      reason: `column ${JSON.stringify(each.name)} holds NaN or an infinity, and requests.non_finite is error.`,
    });
  }
  if (rowForm === "csv" && each.type === "String") {
    obstacles.push({
      holds: column(each.alias).str.contains("[\\r\\n]"),
      reason: `column ${JSON.stringify(each.name)} holds text with a line break, and a request of csv has one row a line.`,
    });
  }
  return obstacles;
}

/** Whether NaN or an infinity stands anywhere in the value; never null. */
function holdsNonFinite(value: Expr, type: ColumnType): Expr {
  if (isFloat(type)) return value.isFinite().not().fillNull(pl.lit(false));
  if (typeof type === "string" || !holdsMatch(type, isFloat)) return pl.lit(false);
  if ("List" in type) {
    const inside = holdsNonFinite(pl.element(), type.List).cast(pl.Int8);
    return value.lst.eval(inside).lst.max().eq(pl.lit(1)).fillNull(pl.lit(false));
  }
  if (!("Struct" in type)) return pl.lit(false);
  return type.Struct.filter(({ dtype }) => holdsMatch(dtype, isFloat))
    .map(({ name, dtype }) => holdsNonFinite(structField(value, name), dtype))
    .reduce((any, field) => any.or(field));
}

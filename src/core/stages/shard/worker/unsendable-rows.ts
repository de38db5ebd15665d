import type { ColumnType } from "../../../domain/types/column-type.ts";
import { isFloat } from "../../../domain/types/column-type.ts";
import type { Expr } from "../../../polars/polars.ts";
import { column, pl, structField } from "../../../polars/polars.ts";
import { holdsMatch } from "../../../polars/replace-nested.ts";
import type { Protocol } from "../../../protocols/protocol.ts";
import type { RequestOptions } from "../../../protocols/request-options.ts";
import type { Tensor } from "../tensor-plan.ts";
import { isList } from "../tensor-plan.ts";
import type { EncodedColumn } from "./encoded-column.ts";

/** Rows with a value that their requests cannot carry; `path` is their dead-letter file. */
export type UnsendableRows = {
  readonly path: string;
  readonly rows: number;
  /** The first of them: its position in the table (0-based), and why it is not sent. */
  readonly first: { readonly position: number; readonly message: string };
};

/** A condition under which a row cannot be sent, and the words that say so. */
type Obstacle = { readonly holds: Expr; readonly reason: string };

/** Why a row cannot be sent, as text; null if it can. Null instead of an expression if every row can be sent. */
export function unsendableReason(
  columns: readonly EncodedColumn[],
  protocol: Pick<Protocol, "rowForm">,
  options: RequestOptions,
  tensors: readonly Tensor[],
): Expr | null {
  const obstacles = [
    ...columns.filter(({ name }) => options.pairing?.by === "key" && options.pairing.column === name).map(nullKey),
    ...columns.flatMap((each) => obstaclesOf(each, protocol, options)),
    ...tensors.flatMap((tensor) => tensor.columns.flatMap((each) => tensorObstacles(each, tensor))),
  ];
  if (obstacles.length === 0) return null;
  return obstacles.reduceRight<Expr>(
    (rest, { holds, reason }) => pl.when(holds).then(pl.lit(reason)).otherwise(rest),
    pl.lit(null).cast(pl.Utf8),
  );
}

/** A prediction without a key cannot be paired, even if the server repeats the null. */
function nullKey({ name, alias }: EncodedColumn): Obstacle {
  const reason = `column ${JSON.stringify(name)} is null, and response.key pairs predictions by it.`;
  return { holds: column(alias).isNull(), reason };
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

/** V2 has null among floats only (servers read it as NaN), and a tensor has as many values in each row. */
function tensorObstacles({ name, alias, type }: EncodedColumn, { datatype, width }: Tensor): Obstacle[] {
  const value = column(alias);
  const which = `column ${JSON.stringify(name)}`;
  const mayBeNull = datatype.startsWith("FP");
  const null_ = { holds: value.isNull(), reason: `${which} is null, and a tensor of ${datatype} has no null.` };
  if (!isList(type)) return mayBeNull ? [] : [null_];
  const lengths = value.lst.lengths().cast(pl.Int64);
  const ragged = {
    holds: lengths.eq(pl.lit(width).cast(pl.Int64)).not(),
    reason: `${which} has a list of another length than ${width}, that of the table's first, and a tensor has one shape.`,
  };
  const nullInside = {
    holds: value.lst.eval(pl.element().isNull().cast(pl.Int8)).lst.max().eq(pl.lit(1)),
    reason: `${which} has a null in its list, and a tensor of ${datatype} has no null.`,
  };
  const whole = { holds: value.isNull(), reason: `${which} is null; a list of ${width} values is needed.` };
  return mayBeNull ? [whole, ragged] : [whole, ragged, nullInside];
}

/** Whether NaN or an infinity is anywhere in the value; never null. */
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

import type { Protocol } from "../protocols/protocol.ts";
import type { ColumnType } from "./column-type.ts";
import { isFloat, isInteger } from "./column-type.ts";
import { jsonReady } from "./json-ready.ts";
import type { Expr } from "./polars.ts";
import { column, pl, textHead } from "./polars.ts";

/** A column of a chunk: its name in the table, its name inside the engine (`c0`), its type. */
export type EncodedColumn = { readonly name: string; readonly alias: string; readonly type: ColumnType };

/** One row's JSON text, as an expression over the engine's column names. NaN and infinities become `null`. */
export function encodeRow(columns: readonly EncodedColumn[], rowForm: Protocol["rowForm"]): Expr {
  if (rowForm === "object") return encodeObject(columns);
  const values = columns.flatMap((each, index) =>
    index === 0 ? [encodeValue(each)] : [pl.lit(","), encodeValue(each)],
  );
  return pl.concatString([pl.lit("["), ...values, pl.lit("]")], "");
}

function encodeObject(columns: readonly EncodedColumn[]): Expr {
  // A struct of strings would be literals: every field is an expression.
  return pl
    .struct(columns.map((each) => jsonReady(column(each.alias), each.type).alias(each.name)))
    .struct.jsonEncode();
}

/** Text of one value. Numbers have a short way; everything else is encoded as `{"v":…}` and loses its five first and its last character. */
function encodeValue(each: EncodedColumn): Expr {
  const value = column(each.alias);
  if (isInteger(each.type)) return value.cast(pl.Utf8).fillNull(pl.lit("null"));
  if (isFloat(each.type)) {
    return pl.when(value.isFinite()).then(value.cast(pl.Utf8)).otherwise(pl.lit("null")).fillNull(pl.lit("null"));
  }
  const wrapped = pl.struct([jsonReady(value, each.type).alias("v")]).struct.jsonEncode();
  return textHead(wrapped.str.slice(5, null as never), -1);
}

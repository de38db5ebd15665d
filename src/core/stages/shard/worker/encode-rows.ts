import { randomBytes } from "node:crypto";
import type { ColumnType } from "../../../domain/types/column-type.ts";
import { isDecimal, isFloat, isInteger } from "../../../domain/types/column-type.ts";
import { jsonReady } from "../../../polars/json-ready.ts";
import type { Expr } from "../../../polars/polars.ts";
import { column, pl, textHead } from "../../../polars/polars.ts";
import { holdsMatch, replaceNested } from "../../../polars/replace-nested.ts";
import type { Protocol } from "../../../protocols/protocol.ts";
import type { NonFiniteFeatures } from "../../../protocols/request-options.ts";
import { isList } from "../tensor-plan.ts";
import type { EncodedColumn } from "./encoded-column.ts";

/**
 * One row's text, as an expression over the engine's column names. NaN and infinities become `null`, or text if the job says so; decimals
 * and lists of them are numbers with all their digits, those inside of objects text.
 */
export function encodeRow(
  columns: readonly EncodedColumn[],
  rowForm: Exclude<Protocol["rowForm"], "tensors">,
  nonFinite: NonFiniteFeatures,
): Expr {
  if (rowForm === "csv") return encodeRecord(columns, nonFinite);
  if (rowForm === "value") return joined("", [[encodeValue(columns[0] as EncodedColumn, nonFinite)]], "");
  if (rowForm === "array")
    return joined(
      "[",
      columns.map((each) => [encodeValue(each, nonFinite)]),
      "]",
    );
  return encodeObject(columns, nonFinite);
}

/** Neighbours that the JSON encoder writes as they are wanted are encoded together, which is fastest; each other column by itself. */
function encodeObject(columns: readonly EncodedColumn[], nonFinite: NonFiniteFeatures): Expr {
  const isOwn = ({ type }: EncodedColumn): boolean => isRewritten(type, nonFinite);
  if (!columns.some(isOwn)) return encodeStruct(columns);
  const members: Expr[][] = [];
  let together: EncodedColumn[] = [];
  const close = (): void => {
    if (together.length > 0) members.push([textHead(encodeStruct(together).str.slice(1, null as never), -1)]);
    together = [];
  };
  for (const each of columns) {
    if (!isOwn(each)) together.push(each);
    else {
      close();
      members.push([pl.lit(`${JSON.stringify(each.name)}:`), encodeValue(each, nonFinite)]);
    }
  }
  close();
  return joined("{", members, "}");
}

function encodeStruct(columns: readonly EncodedColumn[]): Expr {
  // A struct of strings would be literals: every field is an expression.
  return pl
    .struct(columns.map((each) => jsonReady(column(each.alias), each.type).alias(each.name)))
    .struct.jsonEncode();
}

/** Whether the JSON encoder writes a type otherwise: a decimal as text, NaN and infinities as null. */
function isRewritten(type: ColumnType, nonFinite: NonFiniteFeatures): boolean {
  return holdsMatch(type, isMarked(type, nonFinite));
}

/** The parts of a type whose texts are to be numbers in JSON. */
function isMarked(type: ColumnType, nonFinite: NonFiniteFeatures): (part: ColumnType) => boolean {
  const decimals = isDecimalOrList(type);
  return (part) => (decimals && isDecimal(part)) || (nonFinite === "text" && isFloat(part));
}

/** A decimal, a list of decimals, a list of such lists. */
function isDecimalOrList(type: ColumnType): boolean {
  if (isDecimal(type)) return true;
  if (typeof type === "string") return false;
  if ("List" in type) return isDecimalOrList(type.List);
  return "Array" in type && isDecimalOrList(type.Array[0]);
}

/** A row's values in one tensor, with commas between: those of a list without its brackets. */
export function encodeTensorRow(columns: readonly EncodedColumn[]): Expr {
  const values = columns.map((each) => {
    const value = encodeValue(each, "null");
    return [isList(each.type) ? textHead(value.str.slice(1, null as never), -1) : value];
  });
  return joined("", values, "");
}

/** A record of CSV; null is an empty cell. A record that is nothing but one would be a blank line, which readers skip. */
function encodeRecord(columns: readonly EncodedColumn[], nonFinite: NonFiniteFeatures): Expr {
  const nothing = pl.lit(columns.length === 1 ? '""' : "");
  return joined(
    "",
    columns.map((each) => [encodeCell(each, nonFinite).fillNull(nothing)]),
    "",
  );
}

/** Text of one cell; null if it is empty. */
function encodeCell(each: EncodedColumn, nonFinite: NonFiniteFeatures): Expr {
  const { type } = each;
  const value = column(each.alias);
  if (isInteger(type) || isDecimal(type) || type === "Boolean") return value.cast(pl.Utf8);
  if (isFloat(type)) {
    const finite = pl.when(value.isFinite()).then(value.cast(pl.Utf8));
    return nonFinite === "text"
      ? finite.when(value.isNotNull()).then(nonFiniteName(value)).otherwise(pl.lit(null))
      : finite.otherwise(pl.lit(null));
  }
  // Dates, times and base64 are JSON texts without anything to escape.
  const text = type === "String" ? value : textHead(encodeValue(each, nonFinite).str.slice(1, null as never), -1);
  const quoted = pl.concatString([pl.lit('"'), text.str.replaceAll('"', '""'), pl.lit('"')], "");
  const needsQuotes = text.str.contains('[",]').or(text.eq(pl.lit("")));
  return pl.when(value.isNull()).then(pl.lit(null)).when(needsQuotes).then(quoted).otherwise(text);
}

function joined(open: string, members: readonly (readonly Expr[])[], close: string): Expr {
  const parts = members.flatMap((member, index) => (index === 0 ? member : [pl.lit(","), ...member]));
  return pl.concatString([pl.lit(open), ...parts, pl.lit(close)], "");
}

/** JSON text of one value. Numbers have a short way; everything else is encoded as `{"v":…}` and loses its five first and its last character. */
function encodeValue({ alias, type }: EncodedColumn, nonFinite: NonFiniteFeatures): Expr {
  const value = column(alias);
  if (isInteger(type) || isDecimal(type)) return value.cast(pl.Utf8).fillNull(pl.lit("null"));
  if (isFloat(type)) return encodeFloat(value, nonFinite);
  const marked = isRewritten(type, nonFinite);
  const ready = marked ? markNumbers(value, type, nonFinite) : value;
  const wrapped = pl.struct([jsonReady(ready, type).alias("v")]).struct.jsonEncode();
  const json = textHead(wrapped.str.slice(5, null as never), -1);
  return marked ? json.str.replaceAll(MARKED_NUMBER, "${1}") : json;
}

function encodeFloat(value: Expr, nonFinite: NonFiniteFeatures): Expr {
  const finite = pl.when(value.isFinite()).then(value.cast(pl.Utf8));
  if (nonFinite !== "text") return finite.otherwise(pl.lit("null"));
  const name = pl.concatString([pl.lit('"'), nonFiniteName(value), pl.lit('"')], "");
  return finite.when(value.isNull()).then(pl.lit("null")).otherwise(name);
}

/** Of a value that is not finite. */
function nonFiniteName(value: Expr): Expr {
  return pl
    .when(value.isNan())
    .then(pl.lit("NaN"))
    .when(value.gt(pl.lit(0)))
    .then(pl.lit("Infinity"))
    .otherwise(pl.lit("-Infinity"));
}

/** Random, so that no text of the source begins with it. */
const MARK = `number-${randomBytes(8).toString("hex")}:`;
const MARKED_NUMBER = `"${MARK}([^"]*)"`;

/** A nested value with texts for numbers: marked if they must be numbers in JSON, so that their quotes can be removed again. */
function markNumbers(value: Expr, type: ColumnType, nonFinite: NonFiniteFeatures): Expr {
  const marked = (number: Expr): Expr => pl.concatString([pl.lit(MARK), number.cast(pl.Utf8)], "");
  return replaceNested(value, type, {
    matches: isMarked(type, nonFinite),
    replace: (number, each) => {
      const present = pl.when(number.isNull()).then(pl.lit(null));
      if (isDecimal(each)) return present.otherwise(marked(number));
      return present.when(number.isFinite()).then(marked(number)).otherwise(nonFiniteName(number));
    },
  });
}

import type { ColumnType, StructField } from "../../domain/types/column-type.ts";
import { commonType } from "../../domain/types/column-type.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject, stringifyExact } from "../../json/exact-json.ts";

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT64_MAX = 2n ** 64n - 1n;
/** Digits that surely fit into an int64, and those that a decimal holds. */
const SHORT_DIGITS = 18;
const DECIMAL_DIGITS = 38;

/**
 * The type that holds what `type` holds and this value too; the same object if nothing had to change. Null if the two have nothing in
 * common: unlike the JSON reader of Polars, it never makes text of a number, a number of a boolean, or a list of a scalar. Fields keep the
 * order in which they first appeared.
 */
export function widenType(type: ColumnType, value: ExactJson): ColumnType | null {
  if (value === null) return type;
  if (typeof value === "string") return commonWith(type, "String");
  if (typeof value === "boolean") return commonWith(type, "Boolean");
  if (Array.isArray(value)) return widenList(type, value);
  if (isExactObject(value)) return widenStruct(type, value);
  return type === "Float64" ? type : commonWith(type, numberType(stringifyExact(value)));
}

/** Why a value cannot be kept as it is, in words that follow "holds": a number without end, half a character. Null if it can. */
export function findUnreadable(value: ExactJson): string | null {
  if (value === null || typeof value === "boolean") return null;
  if (typeof value === "string") return value.isWellFormed() ? null : "half of a surrogate pair, which is no text";
  if (Array.isArray(value)) return firstReason(value);
  if (isExactObject(value)) return firstReason(Object.keys(value)) ?? firstReason(Object.values(value));
  const text = stringifyExact(value);
  const tooLarge = !Number.isFinite(Number(text)) || (isIntegerText(text) && text.length > DECIMAL_DIGITS);
  return tooLarge ? `a number that no column can hold: ${text}` : null;
}

function firstReason(values: readonly ExactJson[]): string | null {
  for (const value of values) {
    const reason = findUnreadable(value);
    if (reason !== null) return reason;
  }
  return null;
}

function commonWith(type: ColumnType, other: ColumnType): ColumnType | null {
  return type === other ? type : commonType(type, other);
}

function widenList(type: ColumnType, values: readonly ExactJson[]): ColumnType | null {
  const known = type === "Null" ? "Null" : elementOf(type);
  if (known === null) return null;
  let element: ColumnType = known;
  for (const value of values) {
    const widened = widenType(element, value);
    if (widened === null) return null;
    element = widened;
  }
  return element === known && type !== "Null" ? type : { List: element };
}

function elementOf(type: ColumnType): ColumnType | null {
  return typeof type !== "string" && "List" in type ? type.List : null;
}

function widenStruct(type: ColumnType, value: { readonly [key: string]: ExactJson }): ColumnType | null {
  const known = type === "Null" ? [] : fieldsOf(type);
  if (known === null) return null;
  let fields: StructField[] | null = null;
  for (const [index, name] of Object.keys(value).entries()) {
    const now = fields ?? known;
    // Objects mostly have the same keys in the same order.
    const at = now[index]?.name === name ? index : now.findIndex((field) => field.name === name);
    const before = now[at]?.dtype ?? "Null";
    const dtype = widenType(before, value[name] as ExactJson);
    if (dtype === null) return null;
    if (at !== -1 && dtype === before) continue;
    fields ??= [...known];
    if (at === -1) fields.push({ name, dtype });
    else fields[at] = { name, dtype };
  }
  if (fields === null) return type === "Null" ? { Struct: [] } : type;
  return { Struct: fields };
}

function fieldsOf(type: ColumnType): readonly StructField[] | null {
  return typeof type !== "string" && "Struct" in type ? type.Struct : null;
}

/** An integer beyond every integer type is a decimal, unless it is what a double is printed as (JavaScript prints 1e20 in full). */
function numberType(text: string): ColumnType {
  if (!isIntegerText(text)) return "Float64";
  if (text.length <= SHORT_DIGITS) return "Int64";
  const value = BigInt(text);
  if (value >= INT64.min && value <= INT64.max) return "Int64";
  if (value >= 0n && value <= UINT64_MAX) return "UInt64";
  return BigInt(Number(text)) === value ? "Float64" : { Decimal: [DECIMAL_DIGITS, 0] };
}

function isIntegerText(text: string): boolean {
  return /^-?\d+$/.test(text);
}

import { MISSING_MARKERS } from "../../domain/cell-kind.ts";
import type { PredictionType, ScalarKind } from "../../domain/types/prediction-type.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { exactField, isExactObject, parseExact, stringifyExact } from "../../json/exact-json.ts";
import { declaredNumber } from "../../protocols/csv-cell.ts";
import type { CsvCell } from "../../protocols/csv-records.ts";

const RANGES: Readonly<Partial<Record<ScalarKind, readonly [bigint, bigint]>>> = {
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-2147483648n, 2147483647n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Beyond it a number with an exponent is no whole number of any type. */
const MOST_SHIFT = 400;
const TRUE = new Set(["true", "True", "TRUE", "1", "1.0"]);
const FALSE = new Set(["false", "False", "FALSE", "0", "0.0"]);

/** A value of JSON as the stated type; undefined if it is not of that type. Dates and timestamps stay text, which a cast reads. */
export function declaredValue(value: ExactJson, type: PredictionType): ExactJson | undefined {
  if (value === null) return type.notNull === true ? undefined : null;
  if (type.kind === "list") return declaredList(value, type);
  if (type.kind === "struct") return declaredStruct(value, type);
  if (type.kind === "string" || type.kind === "date" || type.kind === "timestamp")
    return typeof value === "string" && value.isWellFormed() ? value : undefined;
  if (typeof value === "string" || Array.isArray(value) || isExactObject(value)) return undefined;
  if (type.kind === "boolean") return typeof value === "boolean" ? value : booleanOf(stringifyExact(value));
  return typeof value === "boolean" ? undefined : numberOf(stringifyExact(value), type.kind);
}

/** A cell of CSV as the stated type: text as it is written, numbers however they are spelled. A cell with nothing in it is null. */
export function declaredCell(cell: CsvCell, type: PredictionType): ExactJson | undefined {
  const bare = cell.text.trim();
  const isBlank = !cell.quoted && bare === "";
  if (isBlank || (type.kind !== "string" && MISSING_MARKERS.has(bare))) return declaredValue(null, type);
  if (type.kind === "string" || type.kind === "date" || type.kind === "timestamp") return cell.text;
  if (type.kind === "boolean") return TRUE.has(bare) ? true : FALSE.has(bare) ? false : undefined;
  if (type.kind === "list" || type.kind === "struct") return undefined;
  const number = declaredNumber(cell);
  return number === null ? undefined : numberOf(number, type.kind);
}

function declaredList(value: ExactJson, { element }: PredictionType & { kind: "list" }): ExactJson | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements: ExactJson[] = [];
  for (const each of value as readonly ExactJson[]) {
    const declared = declaredValue(each, element);
    if (declared === undefined) return undefined;
    elements.push(declared);
  }
  return elements;
}

/** A field that is left out is null. */
function declaredStruct(value: ExactJson, { fields }: PredictionType & { kind: "struct" }): ExactJson | undefined {
  if (!isExactObject(value)) return undefined;
  if (Object.keys(value).some((name) => !fields.some((field) => field.name === name))) return undefined;
  const members: [string, ExactJson][] = [];
  for (const { name, type } of fields) {
    const declared = declaredValue(exactField(value, name) ?? null, type);
    if (declared === undefined) return undefined;
    members.push([name, declared]);
  }
  return Object.fromEntries(members);
}

function booleanOf(text: string): boolean | undefined {
  const number = Number(text);
  return number === 0 ? false : number === 1 ? true : undefined;
}

function numberOf(text: string, kind: ScalarKind): ExactJson | undefined {
  const range = RANGES[kind];
  if (range === undefined) return floatOf(text, kind);
  const whole = wholeNumber(text);
  return whole === undefined || whole < range[0] || whole > range[1] ? undefined : parseExact(whole.toString());
}

/** The whole number that a text means exactly. One with a point or an exponent was a double, which beyond 2^53 is rounded already. */
function wholeNumber(text: string): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent] = NUMBER.exec(text) ?? [];
  if (sign === undefined) return undefined;
  if (fraction === "" && exponent === undefined) return BigInt(text);
  const digits = BigInt(whole + fraction);
  const shift = Number(exponent ?? 0) - fraction.length;
  if (digits === 0n) return 0n;
  if (Math.abs(shift) > MOST_SHIFT) return undefined;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) return undefined;
  const value = shift < 0 ? digits / scale : digits * scale;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return sign === "-" ? -value : value;
}

/** A stated float may be rounded, and may not become infinite. */
function floatOf(text: string, kind: ScalarKind): ExactJson | undefined {
  const number = Number(text);
  if (!Number.isFinite(kind === "float" ? Math.fround(number) : number)) return undefined;
  if (Object.is(number, -0)) return parseExact("-0.0");
  return parseExact(Number.isInteger(number) ? `${number}`.replace(/^(-?\d+)$/, "$1.0") : text);
}

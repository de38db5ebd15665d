import { types } from "node:util";
import type { Survey, ValueKind } from "./rows-survey.ts";
import { elementOf, fieldOf, noteInteger, noteKind, rowsInvalid } from "./rows-survey.ts";

/** Deeper values are taken for circular ones. */
const DEEPEST = 64;

/**
 * One row as one line of JSON without its line break, and adds its values to the survey. Values without an exact form in JSON are strings
 * that DuckDB casts back: integers beyond 2^53, NaN, dates, bytes (as `\xNN`).
 */
export function encodeRow(row: unknown, survey: Survey, index: number): string {
  if (!isPlainObject(row)) {
    throw rowsInvalid(
      `Row ${index} is ${describe(row)}, and every row has to be a plain object ({ column: value }).`,
      index,
    );
  }
  return encodeObject(row, survey, index, 0);
}

function encodeObject(value: Record<string, unknown>, survey: Survey, row: number, depth: number): string {
  let text = "";
  for (const name of Object.keys(value)) {
    const encoded = encodeValue(value[name], fieldOf(survey, name, row), row, depth + 1);
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${encoded}`;
  }
  return `{${text}}`;
}

function encodeValue(value: unknown, survey: Survey, row: number, depth: number): string {
  if (value === null || value === undefined) return "null";
  if (depth > DEEPEST) {
    throw rowsInvalid(
      `Row ${row}, column "${survey.path.slice(0, 80)}…", is nested deeper than ${DEEPEST} levels, or circular.`,
      row,
    );
  }
  const kind = kindOf(value);
  if (kind === undefined) throw unsupported(value, survey, row);
  noteKind(survey, kind, row);
  if (kind === "list") return encodeList(value as unknown[], elementOf(survey), row, depth);
  if (kind === "object") return encodeObject(value as Record<string, unknown>, survey, row, depth);
  return encodeScalar(value, kind, survey, row);
}

function encodeList(values: readonly unknown[], element: Survey, row: number, depth: number): string {
  let text = "";
  for (const [index, value] of values.entries()) {
    text += `${index === 0 ? "" : ","}${encodeValue(value, element, row, depth + 1)}`;
  }
  return `[${text}]`;
}

function encodeScalar(value: unknown, kind: ValueKind, survey: Survey, row: number): string {
  switch (kind) {
    case "string":
      if (!(value as string).isWellFormed()) throw halfPair(survey, row);
      return JSON.stringify(value);
    case "integer":
      noteInteger(survey, BigInt(value as number));
      return String(value);
    case "bigint":
      noteInteger(survey, value as bigint);
      return `"${value}"`;
    case "number":
      return Object.is(value, -0) ? "-0.0" : Number.isFinite(value) ? String(value) : `"${value}"`;
    case "date":
      return encodeDate(value as Date, survey, row);
    case "bytes":
      return `"${Buffer.from(value as Uint8Array)
        .toString("hex")
        .replaceAll(/../g, "\\\\x$&")}"`;
    default:
      return String(value);
  }
}

/** Polars ends at this year, and DuckDB writes years beyond 9999 without a sign and those before 0 as negative ones. */
const LAST_YEAR = 262_142;

function encodeDate(date: Date, survey: Survey, row: number): string {
  const year = date.getUTCFullYear();
  if (Number.isNaN(year) || Math.abs(year) > LAST_YEAR) {
    const problem = Number.isNaN(year)
      ? "an invalid Date"
      : `a Date in the year ${year}, and tables end at ${LAST_YEAR}`;
    throw rowsInvalid(`Row ${row}, column "${survey.path}", is ${problem}: use null, or correct it.`, row, survey.path);
  }
  const [day = "", time = ""] = date.toISOString().slice(0, -1).split("T");
  return `"${day.replace(/^\+0*/, "").replace(/^-0*(?=\d{4})/, "-")} ${time}+00"`;
}

function kindOf(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case "boolean":
    case "string":
    case "bigint":
      return typeof value as ValueKind;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "integer" : "number";
    case "object":
      if (Array.isArray(value)) return "list";
      if (types.isDate(value)) return "date";
      if (types.isUint8Array(value)) return "bytes";
      return isPlainObject(value) ? "object" : undefined;
    default:
      return undefined;
  }
}

/** Also objects of another realm, whose prototype is not this one's. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf"))
  );
}

function unsupported(value: unknown, survey: Survey, row: number): Error {
  const hint =
    ArrayBuffer.isView(value) && !(value instanceof DataView)
      ? "use Array.from(values)"
      : "use null, a boolean, a number, a bigint, a string, a Date, a Uint8Array, an array or a plain object";
  return rowsInvalid(`Row ${row}, column "${survey.path}", is ${describe(value)}: ${hint}.`, row, survey.path);
}

function halfPair(survey: Survey, row: number): Error {
  const message = `Row ${row}, column "${survey.path}", has half of a surrogate pair in its text, which UTF-8 cannot hold: correct it with toWellFormed().`;
  return rowsInvalid(message, row, survey.path);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== ""
    ? `an object of the class ${name}`
    : "an object with a custom prototype";
}

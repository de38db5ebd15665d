import type { JsonCursor } from "../bytes/json-cursor.ts";
import { textBetween } from "../bytes/json-cursor.ts";
import { decimalSize, plainDigits, survivesAsDouble } from "../bytes/json-number.ts";
import type { JsonNode } from "../survey/json-survey.ts";
import { columnOf, KIND, pathOf } from "../survey/json-survey.ts";
import type { DeclaredType } from "./declared-type.ts";

/** Checks that a value, whose bytes are between two places, is one of the type that the job declares. Of objects and lists only the kind is known yet. */
export function assertDeclared(
  cursor: JsonCursor,
  node: JsonNode,
  declared: DeclaredType,
  kind: number,
  start: number,
  end: number,
): void {
  if (declared.kind === "text" || declared.kind === "json") return;
  if (kind === KIND.object || kind === KIND.list) {
    const fits = kind === KIND.list ? declared.kind === "list" : declared.kind === "struct" || declared.kind === "map";
    if (!fits) throw misfit(cursor, node, declared, kind === KIND.list ? "a list" : "an object");
    return;
  }
  const text =
    kind === KIND.text ? textBetween(cursor, start + 1, end - 1) : cursor.bytes.toString("latin1", start, end);
  if (!fitsType(declared, kind, text))
    throw misfit(cursor, node, declared, kind === KIND.text ? JSON.stringify(text) : text);
}

/** Numbers may be written as text, as scoreframe itself writes those that a reader of JSON would round. */
function fitsType(declared: DeclaredType, kind: number, text: string): boolean {
  const isNumber = kind === KIND.integer || kind === KIND.number || (kind === KIND.text && NUMBER.test(text));
  switch (declared.kind) {
    case "boolean":
      return kind === KIND.boolean || (kind === KIND.text && /^(?:true|false)$/.test(text));
    case "integer":
      return isNumber && isIntegerBetween(text, declared.least, declared.most);
    case "decimal":
      return isNumber && isDecimal(text, declared.whole, declared.scale);
    case "double":
      return (isNumber && isDouble(text)) || NOT_FINITE.test(text);
    case "float":
      return (isNumber && isFloat(text)) || NOT_FINITE.test(text);
    default:
      return kind === KIND.text && isText(declared, text);
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^(?:NaN|-?Infinity)$/;
/** Digits that a DECIMAL and a HUGEINT can have. */
const MOST_DIGITS = 39;

function isIntegerBetween(text: string, least: bigint, most: bigint): boolean {
  if (!NUMBER.test(text)) return false;
  const { whole, scale } = decimalSize(text);
  if (scale > 0 || whole > MOST_DIGITS) return false;
  const value = BigInt(plainDigits(text));
  return value >= least && value <= most;
}

function isDecimal(text: string, whole: number, scale: number): boolean {
  if (!NUMBER.test(text)) return false;
  const size = decimalSize(text);
  return size.whole <= whole && size.scale <= scale;
}

/** A fraction becomes the nearest DOUBLE, which is what the type means; a whole number, such as an id, must not become another one. */
function isDouble(text: string): boolean {
  if (!NUMBER.test(text)) return false;
  return Number.isFinite(Number(text)) && (decimalSize(text).scale > 0 || survivesAsDouble(text));
}

function isFloat(text: string): boolean {
  const value = Number(text);
  const near = Math.fround(value);
  return isDouble(text) && Number.isFinite(near) && (decimalSize(text).scale > 0 || near === value);
}

function isText(declared: DeclaredType, text: string): boolean {
  switch (declared.kind) {
    case "date":
      return isDate(text);
    case "time":
      return isTime(text, 6);
    case "timestamp":
      return isTimestamp(text, declared.digits, declared.zoned);
    case "uuid":
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
    case "bytes":
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
    case "enum":
      return declared.values.has(text);
    default:
      return false;
  }
}

function isDate(text: string): boolean {
  const [, year = "", month = "", day = ""] = /^(-?\d{4,6})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  return year !== "" && Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= days;
}

function isTime(text: string, digits: number): boolean {
  const [, hours = "", minutes, seconds = "0", fraction = ""] =
    /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/.exec(text) ?? [];
  if (hours === "" || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return false;
  return /^0*$/.test(fraction.slice(digits));
}

function isTimestamp(text: string, digits: number, zoned: boolean): boolean {
  const [, date = "", time, zone] = /^([^ T]+)(?:[ T](\d[\d:.]*?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(text) ?? [];
  const zoneFits = zone === undefined || zoned || /^(?:Z|[+-]00(?::?00)?)$/.test(zone);
  return isDate(date) && (time === undefined || isTime(time, digits)) && zoneFits;
}

/** A message shows this much of a value. */
const SHOWN = 60;

function misfit(cursor: JsonCursor, node: JsonNode, declared: DeclaredType, value: string): Error {
  const path = pathOf(node);
  const column = columnOf(node);
  const inside = path === column ? "" : ` (at ${path})`;
  const shown = value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
  return cursor.problem(
    `the column "${column}"${inside} has ${shown}, which is not exactly a ${declared.type} as \`types\` declares it. ` +
      "Correct the value, or declare VARCHAR and cast it in the SQL",
    cursor.line,
  );
}

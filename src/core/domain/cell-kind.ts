/** The kinds of values that a cell can be the text of. */
export const KIND = { NONE: 0, NUMBER: 1, DATE: 2, MOMENT: 3, TIME: 4, BOOLEAN: 5, DECLARED: 6, TEXT: 7 } as const;

export type Kind = (typeof KIND)[keyof typeof KIND];

/** How the cells of a column are written, as bits: a column keeps one way, or its values could not be written back. */
export const WAY = {
  INTEGER: 1,
  FRACTION: 2,
  /** `1.50`; `1.0` is `ONE_ZERO`. */
  TRAILING_ZERO: 4,
  ONE_ZERO: 8,
  EXPONENT: 16,
  NEGATIVE_ZERO: 32,
  /** Has more digits than a double keeps. */
  INEXACT: 64,
  NOT_FINITE: 128,
  /** A whole number beyond 64 bits. */
  BIG: 256,
  BLANK: 512,
  T: 1024,
  ZONE: 2048,
  NO_ZONE: 4096,
  NO_SECONDS: 8192,
  NANOSECONDS: 16384,
  /** A year that a timestamp of nanoseconds cannot have. */
  OUT_OF_NANOSECONDS: 32768,
} as const;

/** `digits`: before the point; `scale`: after it. */
export type CellKind = { readonly kind: Kind; readonly way: number; readonly digits: number; readonly scale: number };

/** What a writer leaves where a number, a date or a time is missing. */
export const MISSING_MARKERS: ReadonlySet<string> = new Set([
  ..."NA,N/A,n/a,#N/A,NULL,null,None,<NA>,NaT,\\N,-,.,..,?".split(","),
]);

const LONGEST = 128;
const PLAIN = /^(-)?(0|[1-9]\d*)(?:\.(\d+))?$/;
const EXPONENT = /^(-)?(\d)(?:\.(\d+))?[eE]([+-])?(\d{1,3})$/;
const NOT_FINITE = /^(?:NaN|nan|-?(?:inf|Inf|Infinity))$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/;
const MOMENT =
  /^(\d{4}-\d\d-\d\d)([T ])(?:[01]\d|2[0-3]):[0-5]\d(:[0-5]\d(?:\.(\d{1,9}))?)?(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$/;

/** The kind of a text that can be written back from its value; undefined for any other text. */
export function cellKind(text: string): CellKind | undefined {
  if (text.length === 0 || text.length > LONGEST) return undefined;
  if (text === "true" || text === "false") return { kind: KIND.BOOLEAN, way: 0, digits: 0, scale: 0 };
  const plain = PLAIN.exec(text);
  if (plain !== null) return plainNumber(text, plain);
  if (NOT_FINITE.test(text)) return { kind: KIND.NUMBER, way: WAY.NOT_FINITE, digits: 0, scale: 0 };
  const first = text.charCodeAt(0);
  if (first !== 45 && (first < 48 || first > 57)) return undefined;
  if (DATE.test(text)) return isDay(text) ? { kind: KIND.DATE, way: 0, digits: 0, scale: 0 } : undefined;
  const moment = MOMENT.exec(text);
  if (moment !== null) return momentKind(moment);
  if (TIME.test(text)) return { kind: KIND.TIME, way: 0, digits: 0, scale: 0 };
  const exponent = EXPONENT.exec(text);
  return exponent === null ? undefined : exponentNumber(text, exponent);
}

function plainNumber(text: string, [, sign, whole = "", fraction]: RegExpExecArray): CellKind | undefined {
  const digits = whole.length;
  const scale = fraction?.length ?? 0;
  let way = fraction === undefined ? WAY.INTEGER : WAY.FRACTION | zerosOf(fraction);
  const all = whole + (fraction ?? "");
  if (sign !== undefined && /^0+$/.test(all)) way |= WAY.NEGATIVE_ZERO;
  if (!doubleKeeps(text, all)) way |= WAY.INEXACT;
  if (fraction === undefined && digits > 18 && !fitsBigint(text)) way |= WAY.BIG;
  return { kind: KIND.NUMBER, way, digits, scale };
}

/** Exponents are taken only as writers of floating-point numbers give them: `12E5` and `1E5` are codes. */
function exponentNumber(text: string, [, sign, first = "", fraction, power]: RegExpExecArray): CellKind | undefined {
  if (power === undefined && fraction === undefined) return undefined;
  const all = first + (fraction ?? "");
  const isZero = /^0+$/.test(all);
  if (first === "0" && !(isZero && Number(text.slice(text.search(/e/i) + 1)) === 0)) return undefined;
  if (!doubleKeeps(text, all, true)) return undefined;
  const way = WAY.EXPONENT | zerosOf(fraction ?? "") | (isZero && sign !== undefined ? WAY.NEGATIVE_ZERO : 0);
  return { kind: KIND.NUMBER, way, digits: 1, scale: fraction?.length ?? 0 };
}

function zerosOf(fraction: string): number {
  if (!fraction.endsWith("0")) return 0;
  return fraction.length === 1 ? WAY.ONE_ZERO : WAY.TRAILING_ZERO;
}

/** Whether the double that is nearest to the number still has all of its digits. */
function doubleKeeps(text: string, allDigits: string, mayUnderflow = false): boolean {
  const digits = allDigits.replace(/^0+/, "");
  if (digits.length <= 15 && !mayUnderflow) return true;
  if (digits === "") return true;
  const value = Number(text);
  if (!Number.isFinite(value) || value === 0 || digits.length > 100) return false;
  return digitsOf(value.toPrecision(digits.length)) === digits;
}

function digitsOf(number: string): string {
  return number.replace(/e.*$/, "").replaceAll(/[-.]/g, "").replace(/^0+/, "");
}

function fitsBigint(text: string): boolean {
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value;
}

/** Whether `YYYY-MM-DD` is a day of the calendar. */
function isDay(text: string): boolean {
  return isDayOf(Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8, 10)));
}

export function isDayOf(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  if (month === 2) return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
}

function momentKind([, day = "", separator, seconds, fraction, zone]: RegExpExecArray): CellKind | undefined {
  if (!isDay(day)) return undefined;
  const year = Number(day.slice(0, 4));
  const way =
    (separator === "T" ? WAY.T : WAY.BLANK) |
    (zone === undefined ? WAY.NO_ZONE : WAY.ZONE) |
    (seconds === undefined ? WAY.NO_SECONDS : 0) |
    ((fraction?.length ?? 0) > 6 ? WAY.NANOSECONDS : 0) |
    (year < 1678 || year > 2261 ? WAY.OUT_OF_NANOSECONDS : 0);
  return { kind: KIND.MOMENT, way, digits: 0, scale: 0 };
}

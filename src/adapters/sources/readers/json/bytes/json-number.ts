/** What the numbers of one column (or field, or list element) are, over all rows. */
export type NumberSurvey = {
  /** Range of the whole numbers of up to 15 digits. */
  least: number;
  most: number;
  /** Range of the longer ones; undefined if there are none. */
  longLeast: bigint | undefined;
  longMost: bigint | undefined;
  /** Digits before and after the point that a DECIMAL needs for all numbers. */
  wholeDigits: number;
  scale: number;
  /** Whether a number is another one as a DOUBLE: too many digits, too large or too small. */
  inexact: boolean;
  /** Whether a number has no DECIMAL: NaN, infinity, a negative zero. */
  special: boolean;
  /** Whether `-0` was seen, which DuckDB reads as 0. */
  bareNegativeZero: boolean;
};

export function createNumberSurvey(): NumberSurvey {
  return {
    least: 0,
    most: 0,
    longLeast: undefined,
    longMost: undefined,
    wholeDigits: 1,
    scale: 0,
    inexact: false,
    special: false,
    bareNegativeZero: false,
  };
}

/** Adds a whole number of up to 15 digits. */
export function noteShortInteger(survey: NumberSurvey, value: number, digits: number): void {
  if (value < survey.least) survey.least = value;
  if (value > survey.most) survey.most = value;
  if (digits > survey.wholeDigits) survey.wholeDigits = digits;
}

/** Adds a whole number of more digits. */
export function noteLongInteger(survey: NumberSurvey, text: string): void {
  const value = BigInt(text);
  if (survey.longLeast === undefined || value < survey.longLeast) survey.longLeast = value;
  if (survey.longMost === undefined || value > survey.longMost) survey.longMost = value;
  survey.wholeDigits = Math.max(survey.wholeDigits, text.replace("-", "").length);
  if (!survey.inexact) survey.inexact = !isExactInteger(text, value);
}

function isExactInteger(text: string, value: bigint): boolean {
  const near = Number(text);
  return Number.isFinite(near) && BigInt(near) === value;
}

/** Adds any other number: with an exponent or many digits, `-0`, NaN, infinite. */
export function noteOtherNumber(survey: NumberSurvey, text: string): void {
  if (text === "-0") survey.bareNegativeZero = true;
  if (!/^-?\d/.test(text)) {
    survey.special = true;
    return;
  }
  const digits = parseDecimal(text);
  if (digits.significand === "0" && digits.negative) survey.special = true;
  survey.wholeDigits = Math.max(survey.wholeDigits, digits.significand.length + digits.exponent);
  survey.scale = Math.max(survey.scale, -digits.exponent);
  if (!survey.inexact) survey.inexact = !isExactDouble(text, digits);
}

/** Whether a number is written as its DOUBLE would be. */
export function isShortest(text: string): boolean {
  return String(Number(text)) === text;
}

/** Adds a number with a point and without an exponent that is the same as a DOUBLE. */
export function noteExactFraction(survey: NumberSurvey, wholeDigits: number, scale: number): void {
  if (wholeDigits > survey.wholeDigits) survey.wholeDigits = wholeDigits;
  if (scale > survey.scale) survey.scale = scale;
}

/** A number as `significand * 10^exponent`; the significand has no zeros at its ends. */
type Decimal = { readonly negative: boolean; readonly significand: string; readonly exponent: number };

/** Splits a number of JSON into its parts. */
function parseDecimal(text: string): Decimal {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const significand = withoutZerosAtEnd(digits);
  const negative = text.startsWith("-");
  if (significand === "") return { negative, significand: "0", exponent: 0 };
  return { negative, significand, exponent: Number(exponent) - fraction.length + digits.length - significand.length };
}

/** A pattern for this would take time that grows with the square of the zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** Whether the shortest text of the DOUBLE is the same number: then it can be written back as it was. */
function isExactDouble(text: string, digits: Decimal): boolean {
  const near = Number(text);
  if (!Number.isFinite(near)) return false;
  const back = parseDecimal(String(near));
  return back.significand === digits.significand && back.exponent === digits.exponent;
}

/** Whether a number, whole or not, is the same as a DOUBLE. */
export function survivesAsDouble(text: string): boolean {
  return isExactDouble(text, parseDecimal(text));
}

/** How many digits a number has before and after the point, zeros at the ends not counted. */
export function decimalSize(text: string): { readonly whole: number; readonly scale: number } {
  const { significand, exponent } = parseDecimal(text);
  return { whole: significand === "0" ? 0 : Math.max(0, significand.length + exponent), scale: Math.max(0, -exponent) };
}

/** A number without an exponent and without insignificant zeros: `1.50e1` as `15`. Only for numbers of a moderate size. */
export function plainDigits(text: string): string {
  const { negative, significand, exponent } = parseDecimal(text);
  const sign = negative && significand !== "0" ? "-" : "";
  if (exponent >= 0) return `${sign}${significand}${"0".repeat(exponent)}`;
  const padded = significand.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** What the functions below answer instead of the place after what they read: the bytes are not what is read here. */
export const DEVIATES = -1;

const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;
const UPPER_E = 69;
const LOWER_E = 101;
const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
/** Digits of an integer, or of a number and its fraction together, that a double holds exactly. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => Number(`1e${power}`));

/** Numbers or booleans (0 and 1) as they are read from JSON text. */
export type ScalarColumn = {
  readonly kind: "number" | "boolean";
  readonly values: Float64Array;
  /** Whether a value had a fraction or an exponent: otherwise all are integers. */
  hasFloats: boolean;
  /** Whether a value had an exponent without a sign and no fraction: `12E5`. */
  hasBareExponents: boolean;
};

export function createScalarColumn(kind: ScalarColumn["kind"], rows: number): ScalarColumn {
  return { kind, values: new Float64Array(rows), hasFloats: false, hasBareExponents: false };
}

/** Reads one value that begins at `start` into the row of the column. Answers the place after it. */
export function readScalar(bytes: Buffer, start: number, column: ScalarColumn, row: number): number {
  if (column.kind === "number") return readNumber(bytes, start, column, row);
  const afterTrue = takeBytes(bytes, start, TRUE);
  column.values[row] = afterTrue === DEVIATES ? 0 : 1;
  return afterTrue === DEVIATES ? takeBytes(bytes, start, FALSE) : afterTrue;
}

/** The place after `expected`. */
export function takeBytes(bytes: Buffer, start: number, expected: Buffer): number {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[start + index] !== expected[index]) return DEVIATES;
  }
  return start + expected.length;
}

/** JSON's grammar of a number. Integers beyond 15 digits, and -0, which is no integer of any type, deviate. */
function readNumber(bytes: Buffer, start: number, column: ScalarColumn, row: number): number {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  let digits = 0;
  for (let byte = bytes[at] as number; byte >= ZERO && byte <= ZERO + 9; byte = bytes[at] as number) {
    digits = digits * 10 + byte - ZERO;
    at += 1;
  }
  const whole = at - first;
  if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return DEVIATES;
  const point = at;
  if (bytes[at] === POINT) {
    at += 1;
    for (let byte = bytes[at] as number; byte >= ZERO && byte <= ZERO + 9; byte = bytes[at] as number) {
      digits = digits * 10 + byte - ZERO;
      at += 1;
    }
    if (at === point + 1) return DEVIATES;
  }
  const fraction = at === point ? 0 : at - point - 1;
  const exponent = at;
  if (bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
    at = afterExponent(bytes, at);
    if (at === DEVIATES) return DEVIATES;
    if (fraction === 0 && isDigit(bytes[exponent + 1])) column.hasBareExponents = true;
  }
  const negative = first > start;
  if (at === point) {
    if (whole > EXACT_DIGITS || (negative && digits === 0)) return DEVIATES;
    column.values[row] = negative ? -digits : digits;
    return at;
  }
  column.hasFloats = true;
  // Both sides of the division are exact, so that it gives the double nearest to the text; what is longer is left to V8, which does, too.
  const isShort = at === exponent && whole + fraction <= EXACT_DIGITS;
  const value = isShort
    ? (negative ? -digits : digits) / (POWERS_OF_TEN[fraction] as number)
    : Number(bytes.toString("latin1", start, at));
  column.values[row] = value;
  return Number.isFinite(value) ? at : DEVIATES;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function afterExponent(bytes: Buffer, start: number): number {
  const sign = bytes[start + 1];
  const first = sign === MINUS || sign === PLUS ? start + 2 : start + 1;
  let at = first;
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= ZERO + 9) at += 1;
  return at === first ? DEVIATES : at;
}

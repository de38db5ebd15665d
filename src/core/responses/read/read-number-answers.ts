import { readFileSync, statSync } from "node:fs";
import type { ColumnType, ScalarType } from "../../domain/types/column-type.ts";
import { valueAtPath } from "../../json/json-pointer.ts";
import type { Expr } from "../../polars/polars.ts";
import { castTo, column, pl } from "../../polars/polars.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { PredictionPlace } from "../../protocols/responses/prediction-place.ts";
import { memoize } from "../../util/memoize.ts";
import type { DecodedAnswers } from "./decoded-answers.ts";
import type { ScalarColumn } from "./scalar-column.ts";
import { createScalarColumn, DEVIATES, readScalar, takeBytes } from "./scalar-column.ts";

/** A larger file is not held in memory for this. */
const MOST_BYTES = 64_000_000;
/** Names that no JSON writer escapes. */
const PLAIN_NAME = /^[A-Za-z0-9_. -]+$/;
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const COMMA = 44;
const COLON = 58;
const BRACKET = 91;
const BRACKET_END = 93;
const BRACE = 123;
const BRACE_END = 125;

/** What every prediction of a file looks like: an object with these keys in this order, or a scalar, which has one column and no keys. */
type Form = {
  readonly keys: readonly string[] | null;
  readonly kinds: readonly ScalarColumn["kind"][];
  /** Whether it is a record of CSV, whose cells have no keys. */
  readonly isRecord?: true;
};

/** The same with the keys' bytes, and where the values go. */
type Reading = { readonly keys: readonly Buffer[] | null; readonly columns: readonly ScalarColumn[] };

/**
 * Reads a file of answers that holds numbers and booleans alone: one per prediction, or objects of them that have the same keys in the same
 * order. Null at the first byte that is not what it should be, also if lines or predictions are too many or too few: then the file must be
 * read the general way, which takes anything and reports what is wrong. This one goes byte by byte into typed arrays and costs a tenth.
 */
export function readNumberAnswers(
  path: string,
  lineRows: readonly number[],
  { predictionPlace: place, answerNotation }: Pick<Protocol, "predictionPlace" | "answerNotation">,
): DecodedAnswers | null {
  const isCsv = answerNotation === "csv";
  if (!isShallow(place) || statSync(path).size > MOST_BYTES) return null;
  const bytes = readFileSync(path);
  const form = (isCsv ? recordForm(bytes) : null) ?? formOf(firstPrediction(bytes, place));
  if (form === null) return null;
  const list = place.holds === "value" ? null : { key: isBare(bytes, place) ? null : keyBytes(place.path[0] ?? "") };
  const rows = lineRows.reduce((sum, count) => sum + count, 0);
  const columns = form.kinds.map((kind) => createScalarColumn(kind, rows));
  const keys = form.isRecord === true ? null : (form.keys?.map(keyBytes) ?? null);
  if (!readLines(bytes, lineRows, list, { keys, columns })) return null;
  // Digits with an exponent alone may be a code, which a look at all cells decides.
  if (isCsv && columns.some(({ hasBareExponents }) => hasBareExponents)) return null;
  const answers = decoded(form, columns);
  // With blanks around it a value is not written back as it was.
  return isCsv && !bytes.includes(SPACE) ? { ...answers, alternatives: columns.map(alternativeOf) } : answers;
}

/** Whole numbers and booleans are written back as they were: if another shard has text, they are text. */
function alternativeOf({ kind, hasFloats }: ScalarColumn): ColumnType | null {
  return kind === "boolean" || !hasFloats ? "String" : null;
}

/** Of a record of CSV with several cells. */
function recordForm(bytes: Buffer): Form | null {
  const newline = bytes.indexOf(NEWLINE);
  const cells = bytes
    .toString("latin1", 0, newline === -1 ? bytes.length : newline)
    .trimEnd()
    .split(",");
  const kinds = cells.map((cell) => (CELL.test(cell) ? (/^[tf]/.test(cell) ? "boolean" : "number") : null));
  if (cells.length < 2 || !isEveryKnown(kinds)) return null;
  return { keys: cells.map((_, at) => `p${at}`), kinds, isRecord: true };
}

const CELL = /^(?:true|false|-?\d[\d.eE+-]*)$/;

/** Whether it is the line itself or under one key of it. */
function isShallow({ holds, path }: PredictionPlace): boolean {
  return path.length <= (holds === "value" ? 0 : 1);
}

/** Whether the first line is the list itself; one that is not like the first deviates. */
function isBare(bytes: Buffer, { bare, path }: PredictionPlace): boolean {
  return (bare || path.length === 0) && bytes[afterSpaces(bytes, 0)] === BRACKET;
}

function firstPrediction(bytes: Buffer, place: PredictionPlace): unknown {
  const newline = bytes.indexOf(NEWLINE);
  try {
    const line: unknown = JSON.parse(bytes.toString("utf8", 0, newline === -1 ? bytes.length : newline));
    if (place.holds === "value") return line;
    const list = isBare(bytes, place) ? line : valueAtPath(line, place.path);
    return Array.isArray(list) ? list[0] : undefined;
  } catch {
    return undefined;
  }
}

function formOf(prediction: unknown): Form | null {
  const kind = kindOf(prediction);
  if (kind !== null) return { keys: null, kinds: [kind] };
  if (typeof prediction !== "object" || prediction === null || Array.isArray(prediction)) return null;
  const keys = Object.keys(prediction);
  const kinds = Object.values(prediction).map(kindOf);
  // An object with a key `error` may be an error object.
  const readable = keys.length > 0 && !keys.includes("error") && keys.every((key) => PLAIN_NAME.test(key));
  return readable && isEveryKnown(kinds) ? { keys, kinds } : null;
}

function kindOf(value: unknown): ScalarColumn["kind"] | null {
  return typeof value === "number" || typeof value === "boolean" ? (typeof value as ScalarColumn["kind"]) : null;
}

function isEveryKnown<Kind>(kinds: readonly (Kind | null)[]): kinds is readonly Kind[] {
  return !kinds.includes(null);
}

function keyBytes(key: string): Buffer {
  return Buffer.from(JSON.stringify(key));
}

// A place that is DEVIATES stays so through all that follows: no byte is at -1.

/** `list`: the key under which each line has its list, null if it is the list; null itself if a line is a prediction. */
function readLines(
  bytes: Buffer,
  lineRows: readonly number[],
  list: { readonly key: Buffer | null } | null,
  reading: Reading,
): boolean {
  let at = 0;
  let row = 0;
  for (const rows of lineRows) {
    if (list !== null) at = readList(bytes, at, list.key, row, rows, reading);
    else at = rows === 1 ? readPrediction(bytes, at, row, reading) : DEVIATES;
    at = afterLineEnd(bytes, at);
    if (at === DEVIATES) return false;
    row += rows;
  }
  return at === bytes.length;
}

/** `{"predictions":[…]}`, or `[…]` if there is no key, with as many predictions as rows. */
function readList(
  bytes: Buffer,
  start: number,
  key: Buffer | null,
  firstRow: number,
  rows: number,
  reading: Reading,
): number {
  let at = take(bytes, key === null ? start : takeKey(bytes, take(bytes, start, BRACE), key), BRACKET);
  for (let row = firstRow; row < firstRow + rows; row += 1) {
    if (row > firstRow) at = take(bytes, at, COMMA);
    at = readPrediction(bytes, at, row, reading);
    if (at === DEVIATES) return DEVIATES;
  }
  const end = take(bytes, at, BRACKET_END);
  return key === null ? end : take(bytes, end, BRACE_END);
}

function readPrediction(bytes: Buffer, start: number, row: number, { keys, columns }: Reading): number {
  if (keys === null) return readCells(bytes, start, row, columns);
  let at = start;
  for (let index = 0; index < keys.length; index += 1) {
    at = takeKey(bytes, take(bytes, at, index === 0 ? BRACE : COMMA), keys[index] as Buffer);
    at = readScalar(bytes, afterSpaces(bytes, at), columns[index] as ScalarColumn, row);
    if (at === DEVIATES) return DEVIATES;
  }
  return take(bytes, at, BRACE_END);
}

/** One value, or the cells of a record. */
function readCells(bytes: Buffer, start: number, row: number, columns: readonly ScalarColumn[]): number {
  let at = readScalar(bytes, afterSpaces(bytes, start), columns[0] as ScalarColumn, row);
  for (let index = 1; index < columns.length; index += 1) {
    at = readScalar(bytes, take(bytes, at, COMMA), columns[index] as ScalarColumn, row);
    if (at === DEVIATES) return DEVIATES;
  }
  return at;
}

function takeKey(bytes: Buffer, start: number, key: Buffer): number {
  return take(bytes, takeBytes(bytes, afterSpaces(bytes, start), key), COLON);
}

function take(bytes: Buffer, start: number, byte: number): number {
  const at = afterSpaces(bytes, start);
  return bytes[at] === byte ? at + 1 : DEVIATES;
}

function afterSpaces(bytes: Buffer, start: number): number {
  let at = start;
  while (bytes[at] === SPACE) at += 1;
  return at;
}

function afterLineEnd(bytes: Buffer, start: number): number {
  if (start === bytes.length) return start;
  const at = bytes[start] === CARRIAGE_RETURN ? start + 1 : start;
  return bytes[at] === NEWLINE ? at + 1 : DEVIATES;
}

function decoded({ keys }: Form, columns: readonly ScalarColumn[]): DecodedAnswers {
  const types = columns.map(typeOf);
  const frame = pl.DataFrame(columns.map(({ values }, index) => pl.Series(`v${index}`, values)));
  const predictions = frame.lazy().select(predictionOf({ keys, types })).collectSync();
  const type: ColumnType =
    keys === null
      ? (types[0] as ScalarType)
      : { Struct: keys.map((name, index) => ({ name, dtype: types[index] as ScalarType })) };
  return { predictions, type, failures: [] };
}

const predictionOf = memoize(
  ({ keys, types }: { keys: readonly string[] | null; types: readonly ScalarType[] }): Expr => {
    const values = types.map((type, index) => castTo(column(`v${index}`), type));
    if (keys === null) return (values[0] as Expr).alias("prediction");
    return pl.struct(values.map((value, index) => value.alias(keys[index] as string))).alias("prediction");
  },
);

function typeOf({ kind, hasFloats }: ScalarColumn): ScalarType {
  if (kind === "boolean") return "Boolean";
  return hasFloats ? "Float64" : "Int64";
}

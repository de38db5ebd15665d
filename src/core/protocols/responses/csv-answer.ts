import type { CsvCell } from "../csv-records.ts";
import { cellsText, parseRecord } from "../csv-records.ts";
import { errorObjectText } from "./error-object.ts";

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** As Python, R and JavaScript print what is no number of JSON. */
const NON_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;
const LITERALS = ["true", "false", "null"];

/** What a cell is read as, in JSON: numbers, `true`, `false`, `null` and nothing as themselves, everything else as text. */
export function csvCellJson({ text, quoted }: CsvCell): string {
  if (quoted) return JSON.stringify(text);
  const bare = text.trim();
  if (bare === "") return "null";
  return NUMBER.test(bare) || LITERALS.includes(bare) ? bare : JSON.stringify(text);
}

/**
 * A record of answers as JSON. One that is JSON already stays as it is; one of a single cell is its value, one of several an object of
 * `p0`, `p1`, …, because cells may be of several types. NaN
 * and infinities, which no prediction can be, are null if `asNull`, and otherwise make the row fail.
 */
export function csvAnswerJson(record: string, asNull = false): string {
  if (NUMBER.test(record) || isJson(record)) return record;
  const cells = parseRecord(record);
  const nonFinite = cells.find(isNonFinite);
  if (nonFinite !== undefined && !asNull) return errorObjectText(nonFiniteCause(nonFinite.text.trim()));
  const values = cells.map((cell) => (isNonFinite(cell) ? "null" : csvCellJson(cell)));
  return values.length === 1 ? (values[0] as string) : `{${values.map((value, at) => `"p${at}":${value}`).join(",")}}`;
}

/**
 * A record of an answer on one line, as it is written: what its cells are is decided later, by the cells of all answers. NaN and infinities are left
 * out if `asNull`. `isCsv`: whether the server says that it is CSV, in which a backslash is a character like any other.
 */
export function csvAnswerLine(record: string, { asNull, isCsv }: { asNull: boolean; isCsv: boolean }): string {
  if (NUMBER.test(record)) return record;
  if (isJson(record) && !(isCsv && record.startsWith('"'))) return record;
  const cells = parseRecord(record).map((cell) => (asNull && isNonFinite(cell) ? NO_CELL : cell));
  const [only] = cells;
  if (cells.length === 1 && only?.quoted === true) return JSON.stringify(only.text);
  // In JSON a line break is written by other characters.
  const isLong = /[\r\n]/.test(record);
  return (isLong ? csvAnswerJson(cellsText(cells), true) : cellsText(cells)) || NOTHING;
}

const NO_CELL: CsvCell = { text: "", quoted: false };
/** A record with nothing in it, which no reader of lines takes for the end of the line before. */
const NOTHING = " ";

/** A prediction of JSON as a record: null is a cell with nothing in it, and a number is one, however it is spelled. */
export function jsonAnswerLine(json: string): string {
  if (json === "null") return NOTHING;
  return BARE_EXPONENT.test(json) ? json.replace(/[eE]/, ".0e") : json;
}

const BARE_EXPONENT = /^-?\d+[eE]\d/;

/** Whether a record holds text without quotes, as error messages are. */
export function holdsBareText(record: string): boolean {
  if (NUMBER.test(record) || isJson(record)) return false;
  return parseRecord(record).some((cell) => !cell.quoted && !isNonFinite(cell) && csvCellJson(cell).startsWith('"'));
}

function isNonFinite({ text, quoted }: CsvCell): boolean {
  return !quoted && NON_FINITE.test(text.trim());
}

function nonFiniteCause(found: string) {
  const hint = "let the model answer nothing or a finite number, or set `non_finite: as_null`";
  return { code: "RESPONSE_INVALID", message: `The prediction is ${found}: ${hint}.`, attempts: 1 } as const;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import { MISSING_MARKERS } from "../domain/cell-kind.ts";
import type { CsvCell } from "./csv-records.ts";

/**
 * What a cell of a CSV response can be. `json` is its value as JSON. A cell in quotes is text, also if it holds digits.
 *
 * `whole`: a whole number whose text can be written back from its value. `number`: any other number, however it is spelled. `code`: a number
 * that may as well be a code (`12E5`). `marker`: what writers leave if a number is missing (`NA`).
 */
export type CellReading = {
  readonly kind: "blank" | "marker" | "whole" | "number" | "code" | "boolean" | "not_finite" | "text";
  readonly json: string;
};

/** As C, Fortran, R, SAS, Java and JavaScript print numbers. */
const SPELLED = /^([+-]?)(?:(\d+)(\.\d*)?|(\.\d+))(?:[eEdD]([+-]?\d+))?$/;
const CODE = /^\d+[eE]\d+$/;
const WHOLE = /^(?:0|-?[1-9]\d*)$/;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;
/** Digits that a column of whole numbers holds; what has more is a code. */
const MOST_DIGITS = 38;

export function readCell({ text, quoted }: CsvCell): CellReading {
  if (quoted) return { kind: "text", json: JSON.stringify(text) };
  const bare = text.trim();
  if (bare === "") return { kind: "blank", json: "null" };
  if (bare === "true" || bare === "false") return { kind: "boolean", json: bare };
  if (MISSING_MARKERS.has(bare)) return { kind: "marker", json: "null" };
  if (NOT_FINITE.test(bare)) return { kind: "not_finite", json: "null" };
  return numberCell(text, bare) ?? { kind: "text", json: JSON.stringify(text) };
}

/** A number with leading zeros is text: `007` is no 7. */
function numberCell(text: string, bare: string): CellReading | null {
  const [, sign, whole = "0", point = "", fraction = point, exponent] = SPELLED.exec(bare) ?? [];
  if (sign === undefined || /^0\d/.test(whole)) return null;
  if (WHOLE.test(bare)) {
    if (whole.length > MOST_DIGITS) return null;
    return { kind: bare === text ? "whole" : "number", json: bare };
  }
  const isZero = bare === "-0";
  const decimals = fraction === "." || isZero ? ".0" : fraction;
  const json = `${sign === "-" ? "-" : ""}${whole}${decimals}${exponent === undefined ? "" : `e${exponent}`}`;
  return { kind: CODE.test(bare) ? "code" : "number", json };
}

/** A cell that is declared a number, also one in quotes or with leading zeros: its value as JSON, or null if it is not a number. */
export function declaredNumber({ text }: CsvCell): string | null {
  const bare = text.trim();
  const [, sign, whole = "0", point = "", fraction = point, exponent] = SPELLED.exec(bare) ?? [];
  if (sign === undefined) return null;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const decimals = fraction === "." ? "" : fraction;
  return `${sign === "-" ? "-" : ""}${digits}${decimals}${exponent === undefined ? "" : `e${exponent}`}`;
}

import { closeList, closeObject, colon, comma, openList, openObject, quote } from "./json-bytes.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { byteAt, skipSpace, textBetween, textEnd } from "./json-cursor.ts";
import { createJsonNumber, expectWord, readNumber, unexpected } from "./json-tokens.ts";

/** Deeper values are rejected. */
const DEEPEST = 64;

const ignored = createJsonNumber();

/** The place after a value, which is checked to be JSON and no more. */
export function skipValue(cursor: JsonCursor, at: number, depth: number): number {
  switch (byteAt(cursor, at)) {
    case quote:
      return textEnd(cursor, at + 1) + 1;
    case openObject:
      return skipFields(cursor, at, depth + 1, skipValue);
    case openList:
      return skipElements(cursor, at, depth + 1, skipValue);
    case 0x74:
      return expectWord(cursor, at, "true");
    case 0x66:
      return expectWord(cursor, at, "false");
    case 0x6e:
      return expectWord(cursor, at, "null");
    default:
      return readNumber(cursor, at, ignored);
  }
}

/** Reads one value and returns the place after it. */
export type ReadValue = (cursor: JsonCursor, at: number, depth: number) => number;

/** The place after the object at `start`, whose values are read by `value`. */
export function skipFields(cursor: JsonCursor, start: number, depth: number, value: ReadValue): number {
  assertDepth(cursor, depth);
  const names = new Set<string>();
  let at = skipSpace(cursor, start + 1);
  if (byteAt(cursor, at) === closeObject) return at + 1;
  for (;;) {
    if (byteAt(cursor, at) !== quote) throw unexpected(cursor, at, "a key in quotes");
    const end = textEnd(cursor, at + 1);
    const name = textBetween(cursor, at + 1, end);
    if (names.has(name)) throw duplicateKey(cursor, name);
    names.add(name);
    at = skipSpace(cursor, value(cursor, valuePlace(cursor, end + 1, name), depth));
    if (byteAt(cursor, at) === closeObject) return at + 1;
    at = afterComma(cursor, at, '"," or "}"');
  }
}

/** The place after the list at `start`, whose elements are read by `value`. */
export function skipElements(cursor: JsonCursor, start: number, depth: number, value: ReadValue): number {
  assertDepth(cursor, depth);
  let at = skipSpace(cursor, start + 1);
  if (byteAt(cursor, at) === closeList) return at + 1;
  for (;;) {
    at = skipSpace(cursor, value(cursor, at, depth));
    if (byteAt(cursor, at) === closeList) return at + 1;
    at = afterComma(cursor, at, '"," or "]"');
  }
}

/** Where the value of a key begins; `at` is the place after the key. */
export function valuePlace(cursor: JsonCursor, at: number, key: string): number {
  const place = skipSpace(cursor, at);
  if (byteAt(cursor, place) !== colon) throw unexpected(cursor, place, `":" after the key "${key}"`);
  return skipSpace(cursor, place + 1);
}

export function afterComma(cursor: JsonCursor, at: number, expected: string): number {
  if (byteAt(cursor, at) !== comma) throw unexpected(cursor, at, expected);
  return skipSpace(cursor, at + 1);
}

export function assertDepth(cursor: JsonCursor, depth: number): void {
  if (depth <= DEEPEST) return;
  throw cursor.problem(
    `it has values that are nested deeper than ${DEEPEST} levels. Write the inner ones as text (JSON in a string)`,
    cursor.line,
  );
}

export function duplicateKey(cursor: JsonCursor, path: string): Error {
  return cursor.problem(
    `an object has the key "${path}" twice, and only one value can be kept. Rename or remove one`,
    cursor.line,
  );
}

import { KIND } from "../survey/json-survey.ts";
import { minus } from "./json-bytes.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { byteAt, shown } from "./json-cursor.ts";

/** A number as it is written; filled again for each, because there are many. */
export type JsonNumber = {
  /** `KIND.integer`, or `KIND.number` if it has a point or an exponent, or is `-0`, NaN or infinite. */
  kind: number;
  /** Whether it has an exponent, is no finite number or is `-0`. */
  irregular: boolean;
  /** Digits before and after the point. */
  wholeDigits: number;
  scale: number;
  /** Its value, if it is a whole number of up to 15 digits. */
  value: number;
};

export function createJsonNumber(): JsonNumber {
  return { kind: KIND.integer, irregular: false, wholeDigits: 0, scale: 0, value: 0 };
}

/** Reads the number at `at` and returns the place after it. Takes NaN, Infinity and -Infinity, too, which Python writes. */
export function readNumber(cursor: JsonCursor, start: number, into: JsonNumber): number {
  let at = start;
  let byte = byteAt(cursor, at);
  const negative = byte === minus;
  if (negative) {
    at += 1;
    byte = byteAt(cursor, at);
  }
  if (byte === 0x49 || (byte === 0x4e && !negative))
    return notFinite(cursor, at, byte === 0x49 ? "Infinity" : "NaN", into);
  const first = at;
  let value = 0;
  while (byte >= 0x30 && byte <= 0x39) {
    value = value * 10 + (byte - 0x30);
    at += 1;
    byte = byteAt(cursor, at);
  }
  const wholeDigits = at - first;
  if (wholeDigits === 0) throw unexpected(cursor, start, "a value");
  if (wholeDigits > 1 && cursor.bytes[first] === 0x30) throw zerosBefore(cursor, start);
  into.wholeDigits = wholeDigits;
  into.scale = 0;
  into.value = negative ? -value : value;
  into.irregular = negative && value === 0;
  into.kind = into.irregular ? KIND.number : KIND.integer;
  if (byte === 0x2e) {
    const point = at;
    at = digitsEnd(cursor, at + 1);
    into.scale = at - point - 1;
    if (into.irregular) into.irregular = isZero(cursor, point + 1, at);
    into.kind = KIND.number;
    byte = byteAt(cursor, at);
  }
  if (byte === 0x65 || byte === 0x45) {
    const sign = byteAt(cursor, at + 1);
    at = digitsEnd(cursor, sign === 0x2b || sign === minus ? at + 2 : at + 1);
    into.kind = KIND.number;
    into.irregular = true;
  }
  return at;
}

function isZero({ bytes }: JsonCursor, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] !== 0x30) return false;
  return true;
}

function digitsEnd(cursor: JsonCursor, start: number): number {
  let at = start;
  for (let byte = byteAt(cursor, at); byte >= 0x30 && byte <= 0x39; byte = byteAt(cursor, at)) at += 1;
  if (at === start) throw unexpected(cursor, at, "a digit");
  return at;
}

function notFinite(cursor: JsonCursor, at: number, word: string, into: JsonNumber): number {
  into.kind = KIND.number;
  into.irregular = true;
  return expectWord(cursor, at, word);
}

/** The place after a word such as `true`. */
export function expectWord(cursor: JsonCursor, at: number, word: string): number {
  for (let index = 0; index < word.length; index += 1) {
    if (byteAt(cursor, at + index) !== word.charCodeAt(index)) throw unexpected(cursor, at, "a value");
  }
  return at + word.length;
}

function zerosBefore(cursor: JsonCursor, at: number): Error {
  const text = /^-?[0-9.eE+-]*/.exec(cursor.bytes.toString("latin1", at, Math.min(at + 40, cursor.end)))?.[0];
  return cursor.problem(
    `it has ${text}, and a number of JSON has no zeros at its beginning. Write it as text, "${text}"`,
    cursor.line,
  );
}

export function unexpected(cursor: JsonCursor, at: number, expected: string): Error {
  return cursor.problem(`it is not valid JSON: expected ${expected}, found ${found(cursor, at)}`, cursor.line);
}

function found(cursor: JsonCursor, at: number): string {
  const byte = cursor.bytes[at] as number;
  const word = /^[\w.+-]{1,40}/.exec(cursor.bytes.toString("latin1", at, Math.min(at + 40, cursor.end)))?.[0];
  return word ?? (byte === 0 ? "a NUL byte" : shown(byte));
}

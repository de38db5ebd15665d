import type { JsonPath } from "../../../../core/json/json-pointer.ts";
import { indexOf } from "../../../../core/json/json-pointer.ts";

/** Where an element's text begins and ends (exclusive) in a buffer of JSON. */
export type Span = { readonly start: number; readonly end: number };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

// Parsing and printing would round int64 and rewrite numbers ("1.0" to "1"), so rows are cut out of the text byte for byte. All of these
// expect valid JSON; bytes of a multi-byte character are above 0x7f and never look like punctuation.

/** Offset after the string that opens at `at`. */
export function skipString(json: Buffer, at: number): number {
  let close = json.indexOf(QUOTE, at + 1);
  while (close !== -1) {
    let backslashes = 0;
    while (json[close - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return close + 1;
    close = json.indexOf(QUOTE, close + 1);
  }
  return json.length;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The part of `[start, end)` that is not white space. */
export function trimSpan(json: Buffer, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (from < to && isBlank(json[from])) from += 1;
  while (to > from && isBlank(json[to - 1])) to -= 1;
  return { start: from, end: to };
}

/** The elements of the list that opens at `at`. */
export function listElements(json: Buffer, at: number): Span[] {
  const elements: Span[] = [];
  let depth = 0;
  let start = at + 1;
  const take = (end: number): void => {
    const span = trimSpan(json, start, end);
    if (span.end > span.start) elements.push(span);
    start = end + 1;
  };
  for (let i = at; i < json.length; i += 1) {
    const byte = json[i];
    if (byte === QUOTE) i = skipString(json, i) - 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === COMMA && depth === 1) take(i);
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) {
        take(i);
        return elements;
      }
    }
  }
  return elements;
}

/** Offset of the `[` whose `]` is at `closesAt`, or -1. */
export function listThatClosesAt(json: Buffer, closesAt: number): number {
  const open: number[] = [];
  for (let i = 0; i <= closesAt; i += 1) {
    const byte = json[i];
    if (byte === QUOTE) i = skipString(json, i) - 1;
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) open.push(i);
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      const start = open.pop() ?? -1;
      if (i === closesAt) return byte === CLOSE_LIST ? start : -1;
    }
  }
  return -1;
}

/** Offset of the `[` that is the value of `key` in the object that is the whole text, or -1. */
export function listUnderKey(json: Buffer, key: string): number {
  return listAtPath(json, [key]);
}

/** Offset of the `[` at a path into the text, or -1. */
export function listAtPath(json: Buffer, path: JsonPath): number {
  let at = trimSpan(json, 0, json.length).start;
  for (const name of path) {
    if (json[at] === OPEN_OBJECT) at = memberOffset(json, at, name);
    else at = json[at] === OPEN_LIST ? (listElements(json, at)[indexOf(name) ?? -1]?.start ?? -1) : -1;
    if (at === -1) return -1;
  }
  return json[at] === OPEN_LIST ? at : -1;
}

/** Offset of the value of `key` in the object that opens at `at`, or -1. Of equal keys the last one counts, as in JSON.parse. */
function memberOffset(json: Buffer, at: number, key: string): number {
  let found = -1;
  let depth = 0;
  for (let i = at; i < json.length; i += 1) {
    const byte = json[i];
    if (byte === QUOTE) {
      const end = skipString(json, i);
      const value = depth === 1 ? afterColon(json, end) : -1;
      if (value !== -1 && JSON.parse(json.toString("utf8", i, end)) === key) found = value;
      i = end - 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) return found;
    }
  }
  return found;
}

/** Offset of the value when a colon follows `at`, or -1, if the string before is not a key. */
function afterColon(json: Buffer, at: number): number {
  let i = at;
  while (isBlank(json[i])) i += 1;
  if (json[i] !== COLON) return -1;
  i += 1;
  while (isBlank(json[i])) i += 1;
  return i;
}

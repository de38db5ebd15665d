import { backslash, lineFeed, quote } from "./json-bytes.ts";

/** A place in the bytes of a JSON file. The bytes are a window that moves on; a record that does not fit is read again from its start in a larger one. */
export type JsonCursor = {
  bytes: Buffer;
  /** Where the bytes that were read end. */
  end: number;
  /** Line of the byte that was looked at last, from 1. */
  line: number;
  /** The file, for messages. */
  readonly file: string;
  /** Makes the error for a line of the file; `reason` is a clause. */
  readonly problem: (reason: string, line: number) => Error;
};

/** Thrown if the window ends inside of a record. */
export const INCOMPLETE = new Error("The record goes on after the bytes that were read.");

/** The byte at a place. */
export function byteAt(cursor: JsonCursor, at: number): number {
  if (at >= cursor.end) throw INCOMPLETE;
  return cursor.bytes[at] as number;
}

/** The first place from `at` on that is no whitespace; it may be the end of the window. Counts lines: a line break is never inside of a token. */
export function skipSpace(cursor: JsonCursor, at: number): number {
  const { bytes, end } = cursor;
  for (let place = at; place < end; place += 1) {
    const byte = bytes[place] as number;
    if (byte === lineFeed) cursor.line += 1;
    else if (byte !== 0x20 && byte !== 0x0d && byte !== 0x09) return place;
  }
  return end;
}

/** The place of the quote that ends a text; `at` is the place after the one that begins it. */
export function textEnd(cursor: JsonCursor, at: number): number {
  const { bytes, end } = cursor;
  for (let place = at; place < end; place += 1) {
    const byte = bytes[place] as number;
    if (byte === quote) return place;
    if (byte === backslash) place = escapeEnd(cursor, place);
    else if (byte < 0x20) throw controlCharacter(cursor, byte);
  }
  throw INCOMPLETE;
}

/** The text between two places that `textEnd` has checked. */
export function textBetween({ bytes }: JsonCursor, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
}

/** The last place of an escape that begins at `at`. Half of a surrogate pair is no character, and UTF-8 cannot hold it. */
function escapeEnd(cursor: JsonCursor, at: number): number {
  const kind = byteAt(cursor, at + 1);
  if (kind !== 0x75) {
    if (SHORT_ESCAPES.includes(kind)) return at + 1;
    throw cursor.problem(`it has "\\${shown(kind)}" in a text, which is no escape of JSON`, cursor.line);
  }
  const unit = hexAt(cursor, at + 2);
  if (unit < 0xd800 || unit > 0xdfff) return at + 5;
  const isPair =
    unit < 0xdc00 &&
    byteAt(cursor, at + 6) === backslash &&
    byteAt(cursor, at + 7) === 0x75 &&
    isLow(hexAt(cursor, at + 8));
  if (isPair) return at + 11;
  throw cursor.problem(
    `it has half of a surrogate pair in a text (\\u${unit.toString(16)}), which no table can hold. Write the character itself, or both halves`,
    cursor.line,
  );
}

const SHORT_ESCAPES = [...'"\\/bfnrt'].map((character) => character.charCodeAt(0));

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function hexAt(cursor: JsonCursor, at: number): number {
  byteAt(cursor, at + 3);
  const text = cursor.bytes.toString("latin1", at, at + 4);
  if (/^[0-9a-f]{4}$/i.test(text)) return Number.parseInt(text, 16);
  throw cursor.problem(`it has "\\u${text}" in a text, and four hexadecimal digits belong there`, cursor.line);
}

function controlCharacter(cursor: JsonCursor, byte: number): Error {
  if (byte === lineFeed || byte === 0x0d) {
    const reason =
      "a text is not closed at the end of the line. The line is cut off, or has a line break that must be written as \\n";
    return cursor.problem(reason, cursor.line);
  }
  const code = `\\u${byte.toString(16).padStart(4, "0")}`;
  return cursor.problem(`it has a control character in a text. Write it as ${code}`, cursor.line);
}

/** A byte, for a message. */
export function shown(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}

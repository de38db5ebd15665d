import { isUtf8 } from "node:buffer";
import { closeList, comma, lineFeed, openList, openObject } from "../bytes/json-bytes.ts";
import type { JsonCursor } from "../bytes/json-cursor.ts";
import { INCOMPLETE, skipSpace } from "../bytes/json-cursor.ts";
import { unexpected } from "../bytes/json-tokens.ts";
import type { Compression } from "../open-json.ts";
import { openJson } from "../open-json.ts";

/** How the rows of a file are written, as far as a reader must know it. */
export type JsonLayout = {
  /**
   * `lines`: a row per line. `array`: one array of rows. `objects`: rows one after the other. `irregular`: anything else that can be read, such as two arrays or
   * a byte order mark. `empty`: no row.
   */
  readonly shape: "lines" | "array" | "objects" | "irregular" | "empty";
  /** Bytes of the longest row, with what is before it. */
  readonly longest: number;
};

export type JsonFile = { readonly path: string; readonly compression: Compression };

/** Makes the error for a line of a file; `reason` is a clause. */
export type JsonProblem = (file: string, reason: string, line: number) => Error;

/** A row is held in memory; longer ones are rejected. */
const MOST_ROW_BYTES = 1e9;

/**
 * Reads the rows of a file one after the other. `createReader` makes a function that reads the row at a place and returns the place after it; it is called
 * again for a row that did not fit in the bytes that were read. `afterWindow` is called after each MB or so. Memory holds a few MB, or a few times the longest row.
 */
export async function readRecords(
  { path, compression }: JsonFile,
  problem: JsonProblem,
  signal: AbortSignal,
  createReader: (cursor: JsonCursor) => (at: number) => number,
  afterWindow: () => Promise<void> | undefined = () => undefined,
): Promise<JsonLayout> {
  const cursor: JsonCursor = {
    bytes: Buffer.alloc(0),
    end: 0,
    line: 1,
    file: path,
    problem: (...at) => problem(path, ...at),
  };
  const loop = createRecordLoop(cursor, createReader(cursor));
  let rest = Buffer.alloc(0);
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const readWindow = (isLast: boolean): void => {
    const window = Buffer.concat([rest, ...waiting]);
    assertUtf8(cursor, window, isLast);
    rest = window.subarray(loop.read(window, isLast));
    if (rest.length > MOST_ROW_BYTES) throw rowTooLong(cursor);
    waiting = [];
    waitingBytes = 0;
  };
  for await (const chunk of plainBytes({ path, compression }, cursor)) {
    signal.throwIfAborted();
    waiting.push(chunk);
    waitingBytes += chunk.length;
    // A row that did not fit is read again only when there is as much again of it.
    if (waitingBytes <= rest.length) continue;
    readWindow(false);
    await afterWindow();
  }
  readWindow(true);
  return loop.layout();
}

/** Mostly a document around the rows. */
function rowTooLong(cursor: JsonCursor): Error {
  const reason =
    "it has a row of more than 1 GB. If the rows are in a list inside of the object, write the list alone, or one row per line";
  return cursor.problem(reason, cursor.line);
}

async function* plainBytes(file: JsonFile, cursor: JsonCursor): AsyncGenerator<Buffer> {
  try {
    yield* openJson(file) as AsyncIterable<Buffer>;
  } catch (error) {
    if (file.compression === "none") throw error;
    const reason = `its ${file.compression} bytes are damaged or cut off (${(error as Error).message}). Write it again`;
    throw cursor.problem(reason, cursor.line);
  }
}

/** Where the loop is: outside of an array, after `[`, after a row of an array, after its comma. */
type Expected = "anything" | "row or end" | "comma or end" | "row";

function createRecordLoop(cursor: JsonCursor, readRow: (at: number) => number) {
  let expected: Expected = "anything";
  let arrayLine = 0;
  let arrays = 0;
  let rows = 0;
  let rowsOutside = 0;
  let isStart = true;
  let marked = false;
  let isLines = true;
  let lastLine = 0;
  let longest = 0;

  /** Reads the row at `at`; undefined if it goes on after the window. */
  function tryRow(at: number, isLast: boolean): number | undefined {
    const line = cursor.line;
    try {
      const end = readRow(at);
      if (cursor.line !== line || line === lastLine) isLines = false;
      lastLine = cursor.line;
      rows += 1;
      if (expected === "anything") rowsOutside += 1;
      else expected = "comma or end";
      return end;
    } catch (error) {
      if (error !== INCOMPLETE) throw withRowLine(error, line, cursor.line);
      if (isLast)
        throw cursor.problem(
          "the file ends inside of this row, so it was cut off. Write the file again, or remove the row",
          line,
        );
      cursor.line = line;
      return undefined;
    }
  }

  /** Reads what is between rows. Returns false if a row follows. */
  function isBetween(at: number): boolean {
    const byte = cursor.bytes[at] as number;
    if (expected === "comma or end" && byte === comma) expected = "row";
    else if (expected !== "anything" && expected !== "row" && byte === closeList) expected = "anything";
    else if (expected === "comma or end") throw unexpected(cursor, at, '"," or "]" after a row');
    else if (expected === "anything" && byte === openList) {
      expected = "row or end";
      arrays += 1;
      arrayLine = cursor.line;
    } else if (byte === openObject) return false;
    else throw unexpected(cursor, at, 'a row, which is an object ({"column": value})');
    return true;
  }

  return {
    /** Reads the rows of a window. Returns where the first row begins that does not end in it. */
    read(window: Buffer, isLast: boolean): number {
      cursor.bytes = window;
      cursor.end = window.length;
      let at = 0;
      if (isStart && window.length > 0) {
        isStart = false;
        marked = window[0] === 0xef && window[1] === 0xbb && window[2] === 0xbf;
        if (marked) at = 3;
      }
      for (;;) {
        const place = skipSpace(cursor, at);
        if (place === cursor.end) break;
        if (isBetween(place)) {
          at = place + 1;
          continue;
        }
        const end = tryRow(place, isLast);
        if (end === undefined) return place;
        longest = Math.max(longest, end - at);
        at = end;
      }
      if (isLast && expected !== "anything") {
        throw cursor.problem(
          `the array that begins in line ${arrayLine} is not closed, so the file was cut off. Write it again`,
          cursor.line,
        );
      }
      return cursor.end;
    },
    layout(): JsonLayout {
      if (rows === 0) return { shape: "empty", longest };
      if (marked || arrays > 1 || (arrays === 1 && rowsOutside > 0)) return { shape: "irregular", longest };
      return { shape: arrays === 1 ? "array" : isLines ? "lines" : "objects", longest };
    },
  };
}

/** A reason that is found lines later is hard to find without the line where the row begins. */
function withRowLine(error: unknown, rowLine: number, line: number): unknown {
  if (error instanceof Error && line !== rowLine) error.message += ` The row begins in line ${rowLine}.`;
  return error;
}

function assertUtf8(cursor: JsonCursor, window: Buffer, isLast: boolean): void {
  if (isUtf8(isLast ? window : window.subarray(0, window.length - cutCharacter(window)))) return;
  if ((window[0] === 0xff && window[1] === 0xfe) || (window[0] === 0xfe && window[1] === 0xff)) {
    throw cursor.problem("it is UTF-16, and JSON is UTF-8. Write it again as UTF-8", cursor.line);
  }
  let line = cursor.line;
  for (let start = 0; start < window.length; line += 1) {
    const end = window.indexOf(lineFeed, start);
    if (!isUtf8(window.subarray(start, end < 0 ? window.length : end))) break;
    start = end < 0 ? window.length : end + 1;
  }
  throw cursor.problem("it has bytes that are not UTF-8. Write it again as UTF-8", line);
}

/** Bytes at the end of a window that are the beginning of a character. */
function cutCharacter(window: Buffer): number {
  for (let length = 1; length <= Math.min(3, window.length); length += 1) {
    const byte = window[window.length - length] as number;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > length ? length : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

import type { CsvDialect } from "./csv-dialect.ts";
import { BLANK, CARRIAGE_RETURN, LINE_FEED } from "./csv-dialect.ts";

/** Where cells go. Bytes are valid only during the call. */
export type CellSink = {
  /** The fast path of a cell without quotes: the index of the delimiter or line end after it, or -1 if `cell` must take it. Bytes end at `limit`. */
  take(bytes: Uint8Array, start: number, limit: number, column: number): number;
  cell(bytes: Buffer, start: number, end: number, column: number, style: CellStyle): void;
  /** After the last cell of a record, `line` being that where it began. False ends the reading. */
  record(columns: number, line: number): boolean;
};

export type CellStyle = (typeof STYLE)[keyof typeof STYLE];

/** How a cell is written; `ESCAPED`: in quotes, with a quote or an escape inside. */
export const STYLE = { PLAIN: 0, QUOTED: 1, ESCAPED: 2 } as const;

/** What DuckDB may read in another way than this splitter, as bits. */
export const ODD = {
  LINE_FEED: 1,
  CRLF: 2,
  CARRIAGE_RETURN: 4,
  BLANK_FIRST: 8,
  SPACED_QUOTE: 16,
  QUOTED_LINE_END: 32,
  BLANK_LINE: 64,
} as const;

export type CellSplitter = {
  /** Splits what is whole of the bytes so far. False: the sink needs no more. */
  push(chunk: Uint8Array): boolean;
  /** Splits the rest. */
  end(): void;
  /** The line that is being read, from 1. */
  readonly line: number;
  readonly odd: number;
  readonly longestRecord: number;
};

/** A quote that is not closed would collect the rest of the file. */
const LONGEST_CELL = 512_000_000;

/**
 * Splits CSV into records and cells, as RFC 4180 has it. A quote counts at the beginning of a cell (or after blanks), line ends are LF, CRLF or CR,
 * and an empty line is a record only in a file of one column. A cell is passed once it is whole.
 */
export function createCellSplitter(
  { delimiter, quote, escape: escaping }: CsvDialect,
  sink: CellSink,
  fault: (reason: string) => Error,
): CellSplitter {
  let bytes: Buffer = Buffer.alloc(1);
  let limit = 0;
  let at = 0;
  let column = 0;
  let columns = 0;
  let line = 1;
  let recordLine = 1;
  let recordStart = 0;
  let longestRecord = 0;
  let afterReturn = false;
  let odd = 0;
  let going = true;

  /** Returns false if the sink needs no more. */
  function endRecord(end: number): boolean {
    columns = column + 1;
    column = 0;
    if (end - recordStart > longestRecord) longestRecord = end - recordStart;
    return sink.record(columns, recordLine);
  }

  function countLineEnds(start: number, end: number): number {
    let count = 0;
    for (let i = start; i < end; i++) {
      if (bytes[i] === LINE_FEED || (bytes[i] === CARRIAGE_RETURN && bytes[i + 1] !== LINE_FEED)) count++;
    }
    return count;
  }

  /** The index after a cell that begins with the quote at `open`, or -1 if it is not whole yet. */
  function quotedCell(open: number, final: boolean): number {
    let i = open + 1;
    let style: CellStyle = STYLE.QUOTED;
    let lineEnds = false;
    for (;;) {
      let byte = -1;
      for (; i < limit; i++) {
        byte = bytes[i] as number;
        if (byte === quote || byte === escaping) break;
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN) lineEnds = true;
      }
      if (i >= limit || (byte !== quote && i + 1 >= limit)) {
        if (!final && limit - open < LONGEST_CELL) return -1;
        throw fault(`${unclosed(open)}${backslashHint(open, Math.min(limit, open + 4096))}`);
      }
      if (byte === quote) {
        if (i + 1 >= limit && !final) return -1;
        if (i + 1 >= limit || bytes[i + 1] !== quote) break;
      }
      style = STYLE.ESCAPED;
      if (bytes[i + 1] === LINE_FEED || bytes[i + 1] === CARRIAGE_RETURN) lineEnds = true;
      i += 2;
    }
    let end = i + 1;
    while (end < limit && bytes[end] === BLANK && delimiter !== BLANK) end++;
    if (end >= limit && !final) return -1;
    const next = end < limit ? bytes[end] : LINE_FEED;
    if (next !== delimiter && next !== LINE_FEED && next !== CARRIAGE_RETURN) throw fault(afterQuote(open, i));
    if (end > i + 1) odd |= ODD.SPACED_QUOTE;
    sink.cell(bytes, open + 1, i, column, style);
    if (lineEnds) {
      odd |= ODD.QUOTED_LINE_END;
      line += countLineEnds(open + 1, i);
    }
    return end;
  }

  function unclosed(open: number): string {
    return `line ${line} opens a quote that is not closed: ${excerpt(open, limit)}`;
  }

  function afterQuote(open: number, close: number): string {
    const rest = Math.min(limit, close + 40);
    return `line ${line + countLineEnds(open, close)} has text after a closing quote: ${excerpt(open, rest)}${backslashHint(open, rest)}`;
  }

  function backslashHint(start: number, end: number): string {
    const text = bytes.toString("latin1", start, end);
    if (!text.includes(`\\${String.fromCharCode(quote)}`) || escaping === 0x5c)
      return ". Correct the line, or declare how the table is written: delimiter, quote, escape";
    return '. Its quotes are escaped by a backslash: declare escape: "\\\\" for the table';
  }

  /** The text up to the end of its line. */
  function excerpt(start: number, end: number): string {
    const [line = ""] = bytes.toString("utf8", start, Math.min(end, start + 80)).split(/[\r\n]/);
    return line.replace(/\uFFFD$/, "");
  }

  function split(final: boolean): void {
    while (going) {
      if (column === 0 && at < limit && beginRecord()) continue;
      if (at >= limit) {
        if (final && column > 0) {
          sink.cell(bytes, at, at, column, STYLE.PLAIN);
          endRecord(at);
        }
        return;
      }
      const end = takeCells() ?? oneCell(final);
      if (end < 0) return;
      if (end < limit && bytes[end] === delimiter) {
        column++;
        at = end + 1;
      } else {
        going = endRecord(end);
        endLine(end);
      }
    }
  }

  /** Returns true if there was only an empty line, which is no record. */
  function beginRecord(): boolean {
    if (afterReturn) {
      afterReturn = false;
      odd |= bytes[at] === LINE_FEED ? ODD.CRLF : ODD.CARRIAGE_RETURN;
      if (bytes[at] === LINE_FEED) at++;
      if (at >= limit) return true;
    }
    recordStart = at;
    recordLine = line;
    if (columns === 1 || (bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN)) return false;
    odd |= columns === 0 ? ODD.BLANK_FIRST : ODD.BLANK_LINE;
    endLine(at);
    return true;
  }

  /** The fast path: the cells of a record that the sink takes. Returns the end of its last one, or undefined if there is another cell at `at`. */
  function takeCells(): number | undefined {
    const all = bytes;
    const end = limit;
    let start = at;
    let number = column;
    while (start < end && all[start] !== quote) {
      const taken = sink.take(all, start, end, number);
      if (taken < 0) break;
      if (all[taken] !== delimiter) {
        column = number;
        return taken;
      }
      number++;
      start = taken + 1;
    }
    at = start;
    column = number;
    return undefined;
  }

  /** Passes the cell that begins at `at`; returns the index of what ends it, or -1 if it is not whole yet. */
  function oneCell(final: boolean): number {
    if (at >= limit && !final) return -1;
    const first = bytes[at] as number;
    if (first === quote && at < limit) return quotedCell(at, final);
    let end = at;
    for (; end < limit; end++) {
      const byte = bytes[end];
      if (byte === delimiter || byte === LINE_FEED || byte === CARRIAGE_RETURN) break;
    }
    if (first === BLANK) {
      let start = at;
      while (start < end && bytes[start] === BLANK) start++;
      if (start < end && bytes[start] === quote) {
        const after = quotedCell(start, final);
        if (after >= 0) odd |= ODD.SPACED_QUOTE;
        return after;
      }
    }
    if (end >= limit && !final) {
      if (limit - at >= LONGEST_CELL) throw fault(`line ${line} has a cell of more than 512 MB`);
      return -1;
    }
    sink.cell(bytes, at, end, column, STYLE.PLAIN);
    return end;
  }

  function endLine(end: number): void {
    if (end < limit) {
      if (bytes[end] === CARRIAGE_RETURN) afterReturn = true;
      else odd |= ODD.LINE_FEED;
    }
    line++;
    at = end + 1;
  }

  return {
    push(chunk) {
      if (!going) return false;
      const rest = limit - at;
      // A record's length is counted from its first byte, which may be gone.
      recordStart -= at;
      const next = Buffer.allocUnsafe(rest + chunk.length + 1);
      bytes.copy(next, 0, at, limit);
      next.set(chunk, rest);
      bytes = next;
      limit = rest + chunk.length;
      bytes[limit] = LINE_FEED;
      at = 0;
      split(false);
      return going;
    },
    end() {
      if (going) split(true);
      if (afterReturn) odd |= ODD.CARRIAGE_RETURN;
    },
    get line() {
      return line;
    },
    get odd() {
      return odd;
    },
    get longestRecord() {
      return longestRecord;
    },
  };
}

/** The value of a cell. */
export function cellText(bytes: Buffer, start: number, end: number, style: CellStyle, dialect: CsvDialect): string {
  const text = bytes.toString("utf8", start, end);
  if (style !== STYLE.ESCAPED) return text;
  const quote = String.fromCharCode(dialect.quote);
  if (dialect.escape === dialect.quote) return text.replaceAll(quote + quote, quote);
  const escaping = String.fromCharCode(dialect.escape);
  let value = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    const next = text[i + 1];
    const hides = character === escaping ? next === quote || next === escaping : character === quote && next === quote;
    if (hides) i++;
    value += hides ? next : character;
  }
  return value;
}

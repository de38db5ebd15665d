import type { Kind } from "../../../../../core/domain/cell-kind.ts";
import { cellKind, isDayOf, KIND, MISSING_MARKERS, WAY } from "../../../../../core/domain/cell-kind.ts";
import type { CellSink, CellStyle } from "../layout/csv-cells.ts";
import { STYLE } from "../layout/csv-cells.ts";
import { LINE_FEED } from "../layout/csv-dialect.ts";

/** The first cell that does not fit the kind of those before it, of which there are `fitting`. */
export type Misfit = { readonly line: number; readonly text: string; readonly fitting: number };

export type Marker = { readonly text: string; readonly line: number; readonly count: number };

/** What is known of one column of one file after all of its cells were seen. */
export type ColumnFacts = {
  readonly kind: Kind;
  /** Before a misfit made it text. */
  readonly formerKind: Kind;
  readonly way: number;
  readonly digits: number;
  readonly minScale: number;
  readonly maxScale: number;
  /** Whether there is an empty cell in quotes, or a declared null in quotes. */
  readonly quotedNulls: boolean;
  readonly misfit: Misfit | undefined;
  readonly markers: readonly Marker[];
};

export type ColumnScanOptions = {
  readonly delimiter: number;
  readonly nulls: readonly string[];
  /** Whether a text is a date of the declared format. */
  readonly isDeclaredDate?: ((text: string) => boolean) | undefined;
  /** Columns whose type is declared, by number: their cells are not checked. */
  readonly declared: ReadonlySet<number>;
};

export type ColumnScan = Pick<CellSink, "take" | "cell"> & {
  /** The line of the cells to come. */
  line: number;
  facts(): ColumnFacts[];
};

const LONGEST_TEXT = 128;

/**
 * Watches what the cells of each column can be. A column has the kind of its first cell until another cell is of none or another one. Most cells
 * are written as the ones before them: those are known by their bytes and never become strings.
 */
export function createColumnScan(columns: number, options: ColumnScanOptions): ColumnScan {
  const { delimiter, isDeclaredDate } = options;
  const kinds = new Uint8Array(columns);
  const formerKinds = new Uint8Array(columns);
  const ways = new Int32Array(columns);
  const digits = new Int32Array(columns);
  const minScales = new Int32Array(columns).fill(0x7fffffff);
  const maxScales = new Int32Array(columns);
  const counts = new Float64Array(columns);
  const quotedNulls = new Uint8Array(columns);
  const misfits = new Map<number, Misfit>();
  const markers = new Map<number, Map<string, { line: number; count: number }>>();
  const nulls = new Set(options.nulls);
  const nullStarts = new Uint8Array(256);
  for (const text of nulls) nullStarts[Buffer.from(text)[0] ?? 0] = 1;
  for (const column of options.declared) kinds[column] = KIND.TEXT;

  function takeNumber(bytes: Uint8Array, start: number, limit: number, column: number): number {
    let i = start;
    let byte = bytes[i] as number;
    const isNegative = byte === 45;
    if (isNegative) byte = bytes[++i] as number;
    const first = i;
    let value = 0;
    while (byte >= 48 && byte <= 57) {
      value = value * 10 + byte - 48;
      byte = bytes[++i] as number;
    }
    const whole = i - first;
    if (whole === 0 || (whole > 1 && bytes[first] === 48)) return -1;
    let scale = 0;
    let way: number = WAY.INTEGER;
    if (byte === 46) {
      const point = i;
      byte = bytes[++i] as number;
      while (byte >= 48 && byte <= 57) {
        value += byte - 48;
        byte = bytes[++i] as number;
      }
      scale = i - point - 1;
      if (scale === 0) return -1;
      way = WAY.FRACTION;
      if (bytes[i - 1] === 48) way |= scale === 1 ? WAY.ONE_ZERO : WAY.TRAILING_ZERO;
    }
    if (i >= limit || (byte !== delimiter && byte !== 10 && byte !== 13)) return -1;
    const known = ways[column] as number;
    if (whole + scale > 15 && ((known & WAY.INEXACT) === 0 || whole > 18)) return -1;
    if (isNegative && value === 0) way |= WAY.NEGATIVE_ZERO;
    if ((known | way) !== known) ways[column] = known | way;
    if (whole > (digits[column] as number)) digits[column] = whole;
    if (scale > (maxScales[column] as number)) maxScales[column] = scale;
    if (scale < (minScales[column] as number)) minScales[column] = scale;
    counts[column] = (counts[column] as number) + 1;
    return i;
  }

  function takeDate(bytes: Uint8Array, start: number, limit: number, column: number): number {
    const end = start + 10;
    if (end >= limit || !isDayAt(bytes, start) || !isEnd(bytes[end] as number)) return -1;
    counts[column] = (counts[column] as number) + 1;
    return end;
  }

  /** `2024-05-01 10:00:00`, with up to six digits more and without a zone; others are parsed as text. */
  function takeMoment(bytes: Uint8Array, start: number, limit: number, column: number): number {
    let end = start + 19;
    if (end >= limit || !isDayAt(bytes, start)) return -1;
    const separator = bytes[start + 10];
    if (separator !== 84 && separator !== 32) return -1;
    if (bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return -1;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return -1;
    if (bytes[end] === 46) {
      const point = end++;
      while (isDigit(bytes[end] as number)) end++;
      if (end === point + 1 || end > point + 7) return -1;
    }
    if (end >= limit || !isEnd(bytes[end] as number)) return -1;
    const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
    let way: number = WAY.NO_ZONE | (separator === 84 ? WAY.T : WAY.BLANK);
    if (year < 1678 || year > 2261) way |= WAY.OUT_OF_NANOSECONDS;
    ways[column] = (ways[column] as number) | way;
    counts[column] = (counts[column] as number) + 1;
    return end;
  }

  function takeText(bytes: Uint8Array, start: number, limit: number): number {
    for (let i = start; i < limit; i++) {
      const byte = bytes[i] as number;
      if (byte === delimiter || byte === 10 || byte === 13) return i;
    }
    return -1;
  }

  function isEnd(byte: number): boolean {
    return byte === delimiter || byte === 10 || byte === 13;
  }

  function isMissing(text: string, column: number): boolean {
    if (!MISSING_MARKERS.has(text) || kinds[column] === KIND.BOOLEAN) return false;
    const known = markers.get(column) ?? new Map<string, { line: number; count: number }>();
    const marker = known.get(text) ?? { line: scan.line, count: 0 };
    marker.count++;
    markers.set(column, known.set(text, marker));
    return true;
  }

  function misfit(text: string, column: number): void {
    misfits.set(column, { line: scan.line, text, fitting: counts[column] as number });
    formerKinds[column] = kinds[column] as number;
    kinds[column] = KIND.TEXT;
  }

  function fitText(text: string, column: number): void {
    const isDeclared = isDeclaredDate?.(text) ?? false;
    const found = isDeclared ? undefined : cellKind(text);
    const kind = isDeclared ? KIND.DECLARED : found?.kind;
    if (kind === undefined && isMissing(text, column)) return;
    if (kinds[column] === KIND.NONE && kind !== undefined) kinds[column] = kind;
    if (kind === undefined || kinds[column] !== kind) {
      misfit(text, column);
      return;
    }
    counts[column] = (counts[column] as number) + 1;
    if (found === undefined) return;
    ways[column] = (ways[column] as number) | found.way;
    if (kind !== KIND.NUMBER || (found.way & WAY.NOT_FINITE) !== 0) return;
    digits[column] = Math.max(digits[column] as number, found.digits);
    minScales[column] = Math.min(minScales[column] as number, found.scale);
    maxScales[column] = Math.max(maxScales[column] as number, found.scale);
  }

  const scan: ColumnScan = {
    line: 1,
    take(bytes, start, limit, column) {
      const first = bytes[start] as number;
      if (first === delimiter || first === LINE_FEED || first === 13) return start < limit ? start : -1;
      if (nullStarts[first] !== 0) return -1;
      switch (kinds[column]) {
        case KIND.NUMBER:
          return takeNumber(bytes, start, limit, column);
        case KIND.DATE:
          return takeDate(bytes, start, limit, column);
        case KIND.MOMENT:
          return takeMoment(bytes, start, limit, column);
        case KIND.TEXT:
          return first === 32 ? -1 : takeText(bytes, start, limit);
        default:
          return -1;
      }
    },
    cell(bytes, start, end, column, style: CellStyle) {
      const isQuoted = style !== STYLE.PLAIN;
      if (start === end) {
        if (isQuoted) quotedNulls[column] = 1;
        return;
      }
      if (
        nullStarts[bytes[start] as number] !== 0 &&
        end - start < 256 &&
        nulls.has(bytes.toString("utf8", start, end))
      ) {
        if (isQuoted) quotedNulls[column] = 1;
        return;
      }
      if (kinds[column] === KIND.TEXT) return;
      fitText(bytes.toString("utf8", start, Math.min(end, start + LONGEST_TEXT + 1)), column);
    },
    facts() {
      return Array.from(kinds, (kind, column) => ({
        kind: kind as Kind,
        formerKind: formerKinds[column] as Kind,
        way: ways[column] as number,
        digits: digits[column] as number,
        minScale: minScales[column] as number,
        maxScale: maxScales[column] as number,
        quotedNulls: quotedNulls[column] !== 0,
        misfit: misfits.get(column),
        markers: [...(markers.get(column) ?? [])].map(([text, marker]) => ({ text, ...marker })),
      }));
    },
  };
  return scan;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** Not a number from 0 to 99 if the bytes are no digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] as number;
  const ones = bytes[at + 1] as number;
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + ones - 48 : -1;
}

function isDayAt(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return false;
  const century = twoDigits(bytes, at);
  const year = twoDigits(bytes, at + 2);
  return century >= 0 && year >= 0 && isDayOf(century * 100 + year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8));
}

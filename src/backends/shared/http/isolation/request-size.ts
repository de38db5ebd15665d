import type { EventSink } from "../../../../core/ports/event-sink.ts";
import { counted } from "../../../../core/util/counted.ts";

/** How large a request may be, as far as the server's responses show it. It holds for the rest of the session. */
export type RequestSize = {
  /** Whether a request may be sent. `rows` is only called once a limit is known. */
  fits(rows: () => number, bytes: number): boolean;
  /** The numbers of rows of the parts in which rows may be sent, in order. `around`: the bytes of each part other than rows. */
  cut(rows: readonly Buffer[], around: number): number[];
  /** The server answered a request of this size well. */
  accepted(rows: number, bytes: number): void;
  /** The server rejected a request for its size. */
  tooLarge(rows: number, bytes: number, reason: string): void;
  /** A request failed, and all of its rows passed in parts. Once may be a coincidence. */
  passedInParts(rows: number, reason: string): void;
  /** Whether requests of this number of rows may fail because of their size: none as large has passed. */
  maySuspect(rows: number): boolean;
};

type Rejection = { readonly rows: number; readonly bytes: number; readonly reason: string };

type Limits = {
  readonly rows: number;
  readonly bytes: number;
  /** The smallest request that was rejected; null if it is no longer known. */
  readonly smallest: Rejection | null;
};

/** The number of failed requests whose rows all passed in smaller ones, from which on the size is at fault. */
const EVIDENCE = 2;

/** More would teach nothing. */
const MOST_REJECTIONS = 200;

const NO_LIMITS: Limits = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, smallest: null };

export function createRequestSize(events: EventSink): RequestSize {
  const rejected: Rejection[] = [];
  const suspects: Rejection[] = [];
  const most = { rows: 0, bytes: 0 };
  let limits = NO_LIMITS;
  let isReported = false;

  function decide(): void {
    const open = suspects.filter(({ rows }) => rows > most.rows);
    limits = limitsOf([...rejected, ...(open.length >= EVIDENCE ? open : [])], most);
  }

  function report(rows: number, bytes: number): void {
    const { smallest } = limits;
    const isBytes = limits.rows === Number.POSITIVE_INFINITY;
    // The last part of a request may be smaller than the others.
    if (isReported || smallest === null || (isBytes ? bytes * 4 < limits.bytes : rows * 2 <= limits.rows)) return;
    isReported = true;
    const [unit, setting] = isBytes
      ? (["bytes", "backend.max_request_bytes"] as const)
      : (["rows", "requests.batch_size"] as const);
    const message =
      `The server takes requests of ${counted(most[unit], unit.slice(0, -1))}, but not of ${smallest[unit]}: ${smallest.reason} ` +
      `The rest of the run sends no larger ones. Set ${setting}: ${most[unit]} for the next run.`;
    events({ type: "warning", message });
  }

  return {
    fits: (rows, bytes) => limits === NO_LIMITS || (bytes <= limits.bytes && rows() <= limits.rows),
    cut(rows, around) {
      const sizes: number[] = [];
      let size = 0;
      let bytes = around;
      for (const row of rows) {
        bytes += row.length + 1;
        if (size > 0 && (size >= limits.rows || bytes > limits.bytes)) {
          sizes.push(size);
          size = 0;
          bytes = around + row.length + 1;
        }
        size += 1;
      }
      return size === 0 ? sizes : [...sizes, size];
    },
    accepted(rows, bytes) {
      if (rows > most.rows || bytes > most.bytes) {
        most.rows = Math.max(most.rows, rows);
        most.bytes = Math.max(most.bytes, bytes);
        if (limits !== NO_LIMITS) decide();
      }
      report(rows, bytes);
    },
    tooLarge(rows, bytes, reason) {
      const isKnown = rows === 1 && rejected.some((each) => each.rows === 1 && each.bytes <= bytes);
      if (isKnown || rejected.length === MOST_REJECTIONS) return;
      rejected.push({ rows, bytes, reason });
      decide();
    },
    passedInParts(rows, reason) {
      if (rows <= most.rows || limits.rows < rows) return;
      suspects.push({ rows, bytes: 0, reason });
      decide();
      report(most.rows, most.bytes);
    },
    maySuspect: (rows) => rows > most.rows,
  };
}

/**
 * A request may be too large by its rows or by its bytes. It is not the number of rows if as many passed elsewhere, or if one of them alone is
 * too large.
 */
function limitsOf(rejected: readonly Rejection[], most: { readonly rows: number; readonly bytes: number }): Limits {
  const single = Math.min(
    ...rejected.filter(({ rows, bytes }) => rows === 1 && bytes > most.bytes).map(({ bytes }) => bytes),
  );
  const left = rejected.filter(({ rows, bytes }) => rows > 1 && bytes < single);
  const byRows = left.filter(({ rows }) => rows > most.rows);
  const byBytes = left.filter(({ rows, bytes }) => rows <= most.rows && bytes > most.bytes);
  const rows = Math.min(...byRows.map((each) => Math.max(most.rows, Math.floor(each.rows / 2))));
  const bytes = Math.min(single - 1, ...byBytes.map((each) => Math.max(most.bytes, Math.floor(each.bytes / 2))));
  if (rows === Number.POSITIVE_INFINITY && bytes === Number.POSITIVE_INFINITY) return NO_LIMITS;
  const bySize = (byRows.length > 0 ? byRows : rejected).toSorted((a, b) => a.rows - b.rows || a.bytes - b.bytes);
  return { rows, bytes, smallest: bySize[0] ?? null };
}

/** Mean waits are half of these: 0.1 s, 0.2 s, 0.4 s … up to 10 s. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;
/** Between two looks for a server that is away: it is found soon after it is back. */
export const LONGEST_LOOK_MS = 5000;

/**
 * How long to wait before the next try, in milliseconds: what the server asked for, else exponential backoff with full jitter, which spreads
 * the clients of a struggling server best (AWS Architecture Blog, "Exponential Backoff And Jitter").
 */
export function retryWait(
  failedAttempts: number,
  retryAfterMs: number | null,
  longestMs = LONGEST_WAIT_MS,
  random: () => number = Math.random,
): number {
  if (retryAfterMs !== null) return retryAfterMs;
  return Math.ceil(random() * Math.min(longestMs, FIRST_WAIT_MS * 2 ** (failedAttempts - 1)));
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3); null where it is absent or nonsense. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse takes almost anything ("-5" is the year 2001); an HTTP date names a day of the week.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

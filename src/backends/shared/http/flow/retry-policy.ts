/** Mean waits are half of these: 0.1 s, 0.2 s, 0.4 s … up to 10 s. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 20_000;
/** Between two tries of a server that is away: short, so that it is found soon after it is back. */
export const LONGEST_LOOK_MS = 5000;
/** The least wait. A server that asks for less does not know how long it needs; "Retry-After: 0" is common. */
const SHORTEST_RETRY_AFTER_MS = 1000;

/**
 * How long to wait before the next try, in milliseconds: what the server asked for, else exponential backoff with full jitter, which best spreads
 * the clients of an overloaded server (AWS Architecture Blog, "Exponential Backoff And Jitter"). `longestMs` and `untilMs` bound the backoff.
 */
export function retryWait(
  failedAttempts: number,
  retryAfterMs: number | null,
  { longestMs = LONGEST_WAIT_MS, untilMs = Number.POSITIVE_INFINITY } = {},
): number {
  if (retryAfterMs !== null && retryAfterMs >= SHORTEST_RETRY_AFTER_MS) return retryAfterMs;
  const backoff = Math.ceil(Math.random() * Math.min(longestMs, FIRST_WAIT_MS * 2 ** (failedAttempts - 1)));
  return Math.max(retryAfterMs ?? 0, Math.min(backoff, Math.max(0, untilMs)));
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date (RFC 9110, 10.2.3); null if it is absent or invalid. */
export function parseRetryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Date.parse takes almost anything ("-5" is the year 2001); an HTTP date names a day of the week.
  const date = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

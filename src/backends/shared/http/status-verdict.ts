/**
 * Whose fault a status is. `answer`: look at the body. `transient`: the server's, try again. `flaky`: try once more, then it is the rows'
 * (model servers answer 500 to a row that they cannot score). `rows`: the rows'. `refused`: the configuration's, no row will ever pass.
 */
export type StatusVerdict = "answer" | "transient" | "flaky" | "rows" | "refused";

const TRANSIENT = new Set([408, 425, 429, 502, 503, 504]);
const REFUSED = new Set([401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 421, 426, 431, 451, 501, 505, 511]);

/** Tries of a request that is answered with 500, in all. */
export const FLAKY_ATTEMPTS = 2;

/** Tries that a request is worth, in multiples of the usual, which a busy server refuses while it answers others. */
export const BUSY_PATIENCE = 4;

/** Whether the server says that it has too much to do, so that fewer requests at once would help. */
export function isBusy(status: number): boolean {
  return status === 429 || status === 503;
}

export function statusVerdict(status: number): StatusVerdict {
  if (status >= 200 && status < 300) return "answer";
  if (status < 400 || REFUSED.has(status)) return "refused";
  if (TRANSIENT.has(status)) return "transient";
  return status === 500 ? "flaky" : "rows";
}

/** Whether nobody is there to answer: the server starts or is restarted, and what stands before it says so. */
export function isAway(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** What to do about a refusal. */
export function refusalMend(status: number): string {
  if (status < 400) return "Redirects are not followed: set `url` to where the server really answers.";
  if (status === 401 || status === 403 || status === 407) return "Check the credentials in `headers`.";
  if (status === 415 || status === 406) {
    return "The server does not take this content type: choose another `model.protocol`, or set `headers.content-type`.";
  }
  return "Check `url` and `method`.";
}

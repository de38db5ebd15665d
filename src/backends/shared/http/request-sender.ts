import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { BackendContext } from "../../../core/ports/scoring-backend.ts";
import { answerExcerpt } from "./answer-excerpt.ts";
import type { HttpExchange, HttpReply } from "./http-exchange.ts";
import type { ResolvedHttpSessionOptions } from "./http-session-options.ts";
import type { InFlightLimit } from "./in-flight-limit.ts";
import { createOutage } from "./outage.ts";
import type { Pace } from "./pace.ts";
import { printableUrl } from "./redact.ts";
import { LONGEST_LOOK_MS, parseRetryAfter, retryWait } from "./retry-policy.ts";
import type { RowFault } from "./row-fault.ts";
import { BUSY_PATIENCE, FLAKY_ATTEMPTS, isAway, isBusy, refusalMend, statusVerdict } from "./status-verdict.ts";
import type { TransportFault } from "./transport-fault.ts";

/** What came of a request, its retries included. */
export type SendResult =
  | { readonly reply: HttpReply; readonly attempts: number }
  | { readonly fault: RowFault; readonly attempts: number };

export type SendOptions = {
  readonly shard: number;
  /** Value of `answered()` when the rows were first sent, in whatever company. */
  readonly answeredBefore: number;
  /** Whether the rows failed before in a larger request: a second 500 is then no news. */
  readonly isolating: boolean;
  readonly signal: AbortSignal;
};

export type RequestSender = {
  /**
   * Sends one request until there is an answer or it is the rows' fault. Throws where no row can ever pass: the server is gone
   * (`BACKEND_UNREACHABLE`, `BACKEND_TIMEOUT`) or refuses us (`BACKEND_REFUSED`).
   */
  send(body: Buffer, options: SendOptions): Promise<SendResult>;
  /** Requests that were answered with 2xx so far: whether the server lives. */
  answered(): number;
};

type Tools = {
  readonly options: ResolvedHttpSessionOptions;
  readonly context: BackendContext;
  readonly exchange: HttpExchange;
  readonly pace: Pace;
  readonly inFlight: InFlightLimit;
  readonly redact: (text: string) => string;
};

/** One failed try: what it was, and whether and how it may be tried again. */
type Failure = {
  readonly code: "BACKEND_UNREACHABLE" | "BACKEND_TIMEOUT" | "RESPONSE_TOO_LARGE" | "BACKEND_REFUSED";
  readonly reason: string;
  /** Tries in all that such a failure is worth. */
  readonly worth: number;
  /** `rows`: after the last try it is the rows' fault. `server`: that too if others were answered meanwhile. `always`: it ends the run. */
  readonly blame: "rows" | "server" | "always";
  readonly retryAfterMs: number | null;
  readonly status?: number;
  /** Whether the server may be away: `certainly` if there was no connection at all. */
  readonly away?: "certainly" | "perhaps";
  readonly unknownHost?: boolean;
  /** What to do about it, if it does not follow from the rest. */
  readonly fix?: string;
};

export function createRequestSender(tools: Tools): RequestSender {
  const { options, context, exchange, pace, inFlight, redact } = tools;
  const { clock } = context;
  const outage = createOutage(context, new URL(options.url).origin, options.unreachableTimeoutMs);
  let answered = 0;

  async function send(body: Buffer, request: SendOptions): Promise<SendResult> {
    await pace.turn(request.signal);
    let deadline = Number.POSITIVE_INFINITY;
    let answeredAtFailure = Number.POSITIVE_INFINITY;
    for (let attempts = 1; ; attempts += 1) {
      const place = await inFlight.enter(request.signal);
      // The wait for a first place is not the request's: nothing was sent yet.
      if (attempts === 1) deadline = clock.now() + options.requestTimeoutMs;
      const outcome = await exchange
        .send(body, Math.max(1, deadline - clock.now()), request.signal)
        .catch((aborted) => {
          place.leave("other");
          throw aborted;
        });
      place.leave("status" in outcome && isBusy(outcome.status) ? "busy" : "other");
      if ("status" in outcome && statusVerdict(outcome.status) === "answer") {
        refuseEncoding(outcome);
        answered += 1;
        outage.answered();
        return { reply: outcome, attempts };
      }
      const failure = "status" in outcome ? statusFailure(outcome, request) : transportFailure(outcome);
      answeredAtFailure = Math.min(answeredAtFailure, answered);
      const isWaitedFor = waitsFor(failure, answeredAtFailure, request);
      if (isWaitedFor) {
        const { away, unknownHost = false } = failure;
        outage.failed(failure.reason, { unknownHost, isCertain: away === "certainly" });
      } else if (failure.status !== undefined) outage.answered();
      const wait = isWaitedFor
        ? Math.min(retryWait(attempts, null, LONGEST_LOOK_MS), Math.max(0, outage.left()))
        : retryWait(attempts, failure.retryAfterMs);
      const isSpent = isWaitedFor ? outage.left() <= 0 : attempts >= failure.worth;
      if (isSpent || clock.now() + wait >= deadline) return giveUp(failure, attempts, request);
      context.events({
        type: "retry",
        shard: request.shard,
        attempt: attempts + 1,
        waitMs: wait,
        reason: failure.reason,
      });
      if (failure.retryAfterMs !== null) pace.rest(wait);
      await clock.sleep(wait, request.signal);
      await pace.turn(request.signal);
    }
  }

  /**
   * Whether time decides, and not the number of tries. A server that answers others while this request fails is not away; nor is one that has
   * said when to come back.
   */
  function waitsFor({ away, retryAfterMs }: Failure, answeredAtFailure: number, request: SendOptions): boolean {
    if (away === undefined || retryAfterMs !== null) return false;
    if (away === "certainly") return true;
    return answered <= (request.isolating ? request.answeredBefore : answeredAtFailure);
  }

  function statusFailure(reply: HttpReply, request: SendOptions): Failure {
    const { status } = reply;
    const verdict = statusVerdict(status);
    const reason = redact(`status ${status}: ${answerExcerpt(reply.body) || "(empty body)"}`);
    const failure = { code: "BACKEND_REFUSED", reason, status, retryAfterMs: null } as const;
    if (verdict === "refused") return { ...failure, reason: reason + locationOf(reply), worth: 1, blame: "always" };
    if (verdict === "rows") return { ...failure, worth: 1, blame: "rows" };
    if (verdict === "flaky") {
      return {
        ...failure,
        worth: request.isolating ? 1 : Math.min(FLAKY_ATTEMPTS, options.maxAttempts),
        blame: "rows",
      };
    }
    const retryAfterMs = parseRetryAfter(reply.headers["retry-after"], clock.now());
    // A server that answers others is not gone: no row may be lost because it had too much to do.
    const patience = isBusy(status) && !request.isolating && answered > request.answeredBefore ? BUSY_PATIENCE : 1;
    const worth = options.maxAttempts * patience;
    const away = isAway(status) ? ({ away: "perhaps" } as const) : {};
    return { ...failure, ...away, code: "BACKEND_UNREACHABLE", retryAfterMs, worth, blame: "server" };
  }

  function transportFailure(fault: TransportFault): Failure {
    const reason = redact(fault.reason);
    const failure = {
      code: "BACKEND_UNREACHABLE",
      reason,
      retryAfterMs: null,
      worth: options.maxAttempts,
      ...(fault.fix === undefined ? {} : { fix: fault.fix }),
    } as const;
    if (fault.kind === "refused") return { ...failure, away: "certainly", blame: "always" };
    if (fault.kind === "unknown-host") return { ...failure, away: "certainly", unknownHost: true, blame: "always" };
    if (fault.kind === "reset") return { ...failure, away: "perhaps", blame: "server" };
    if (fault.kind === "fatal") return { ...failure, worth: 1, blame: "always" };
    if (fault.kind === "timeout") return { ...failure, code: "BACKEND_TIMEOUT", blame: "server" };
    if (fault.kind === "too-large") {
      const limit = `the answer exceeds ${options.maxResponseBytes} bytes (\`max_response_bytes\`)`;
      return { ...failure, code: "RESPONSE_TOO_LARGE", reason: limit, worth: 1, blame: "rows" };
    }
    return { ...failure, blame: "server" };
  }

  function giveUp(failure: Failure, attempts: number, request: SendOptions): SendResult {
    const rowsFault = failure.blame === "rows" || (failure.blame === "server" && answered > request.answeredBefore);
    if (!rowsFault) throw serverError(failure, attempts, request);
    // Sent among others it may have failed before: how often is the number of attempts, and not of this request's tries.
    const after = attempts === 1 ? "" : ` after ${tries(attempts)}`;
    const message = `The request failed${after}: ${sentence(failure.reason)}`;
    return { fault: { code: failure.code, message, attempts, isolable: true }, attempts };
  }

  function serverError(failure: Failure, attempts: number, request: SendOptions): ScoreframeError {
    const where = `${options.method} ${printableUrl(options.url)}`;
    const happened = failure.code === "BACKEND_REFUSED" ? "was refused" : "got no answer";
    const message = `${where} ${happened} after ${tries(attempts)}: ${sentence(failure.reason)} ${mend(failure)}`;
    const { code, status } = failure;
    return new ScoreframeError(code, message, {
      backend: options.backend,
      operation: "send request",
      shard: request.shard,
      retryable: code !== "BACKEND_REFUSED",
      ...(status === undefined ? {} : { status }),
      details: { attempts },
    });
  }

  /** We asked for `identity`; bytes in another coding are no JSON to us. */
  function refuseEncoding(reply: HttpReply): void {
    const encoding = reply.headers["content-encoding"];
    if (encoding === undefined || encoding === "" || encoding.toLowerCase() === "identity") return;
    throw new ScoreframeError(
      "BACKEND_REFUSED",
      `${printableUrl(options.url)} compresses its answers (content-encoding: ${encoding}) although "identity" was asked for. ` +
        "Switch compression off in the server or the proxy before it.",
      { backend: options.backend, operation: "read answer", status: reply.status },
    );
  }

  return { send, answered: () => answered };
}

/** What a server says may be a sentence already, or cut in the middle of one. */
function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function tries(attempts: number): string {
  return attempts === 1 ? "1 try" : `${attempts} tries`;
}

function mend(failure: Failure): string {
  if (failure.fix !== undefined) return `${sentence(failure.fix)} Then run the job again.`;
  if (failure.code === "BACKEND_REFUSED") return refusalMend(failure.status ?? 0);
  if (failure.code === "BACKEND_TIMEOUT") {
    return "Send fewer rows a request (`requests.batch_size`), or raise `headers_timeout_s` and `request_timeout_s`.";
  }
  if (failure.unknownHost === true)
    return "The host has no address: correct `url`, or its name service; then run the job again.";
  if (failure.status !== undefined)
    return "Lower `concurrency` or set `requests_per_second` if the server is overloaded; then run the job again.";
  return "Check that the server runs and that `url` is right, or raise `unreachable_timeout_s`; then run the job again.";
}

/** Where a redirect points, without user, password and query. */
function locationOf(reply: HttpReply): string {
  const location = reply.headers["location"];
  if (location === undefined) return "";
  const url = URL.parse(location, "http://same-server");
  if (url === null) return " (its Location is no URL)";
  return ` (Location: ${url.host === "same-server" ? url.pathname : printableUrl(url)})`;
}

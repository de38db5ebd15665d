import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { BackendContext } from "../../../../core/ports/scoring-backend.ts";
import type { ResolvedHttpSessionOptions } from "../http-session-options.ts";
import type { RowFault } from "../isolation/row-fault.ts";
import { failedStatus, failedTransport, runEndingError } from "../status/explain-failure.ts";
import type { FailedTry } from "../status/failed-try.ts";
import { sentence, triesText } from "../status/failed-try.ts";
import { statusRule } from "../status/status-rule.ts";
import type { HttpExchange, HttpReply } from "../transport/http-exchange.ts";
import { printableUrl } from "../transport/redact.ts";
import type { ResponseShare } from "./held-bytes.ts";
import type { InFlightLimit } from "./in-flight-limit.ts";
import { createOutage } from "./outage.ts";
import type { Pace } from "./pace.ts";
import { LONGEST_LOOK_MS, retryWait } from "./retry-policy.ts";

/** What came of a request, its retries included. */
export type SendResult =
  | { readonly reply: HttpReply; readonly attempts: number }
  | { readonly fault: RowFault; readonly attempts: number };

export type SendOptions = {
  readonly shard: number;
  /** Value of `answered()` when the rows were first sent, alone or with others. */
  readonly answeredBefore: number;
  /** Whether the rows failed before in a larger request. If so, a 500 is not tried again. */
  readonly isolating: boolean;
  /** Whether the request has several rows. */
  readonly hasSeveralRows: () => boolean;
  /** Counts the bytes of its responses. */
  readonly share: ResponseShare;
  readonly signal: AbortSignal;
};

export type RequestSender = {
  /**
   * Sends one request until there is an answer, or it has to be sent in parts, or its rows are at fault. Throws if no row can pass: the
   * server is gone (`BACKEND_UNREACHABLE`, `BACKEND_TIMEOUT`) or rejects the client (`BACKEND_REFUSED`).
   */
  send(body: Buffer, options: SendOptions): Promise<SendResult>;
  /** The number of requests that were answered with 2xx so far. It grows while the server works. */
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

/** All tries of a request whose rule is `once`. */
const ONCE_MORE = 2;

/** Tries, in multiples of `max_attempts`, of a request that a busy server rejects while it answers others. */
const BUSY_PATIENCE = 4;

/** From this number on, a rate limit is not a coincidence, and is reported. */
const LIMITED_TRIES = 3;

export function createRequestSender(tools: Tools): RequestSender {
  const { options, context, exchange, pace, inFlight, redact } = tools;
  const { clock } = context;
  const outage = createOutage(context, new URL(options.url).origin, options.unreachableTimeoutMs);
  const sentTypes = {
    contentType: options.headers["content-type"] ?? context.protocol.contentType,
    accept: options.headers["accept"] ?? context.protocol.accept,
  };
  let answered = 0;
  let isLimitReported = false;

  async function send(body: Buffer, request: SendOptions): Promise<SendResult> {
    await pace.turn(request.signal);
    let deadline = Number.POSITIVE_INFINITY;
    let answeredAtFailure = Number.POSITIVE_INFINITY;
    const { share } = request;
    const timeLeft = (): number => deadline + share.delay() - clock.now();
    for (let attempts = 1; ; attempts += 1) {
      const place = await inFlight.enter(request.signal);
      // The wait for the first place does not count: nothing was sent yet.
      if (attempts === 1) deadline = clock.now() + options.requestTimeoutMs;
      const delayedBefore = share.delay();
      const outcome = await exchange.send(body, share, Math.max(1, timeLeft()), request.signal).catch((aborted) => {
        place.leave("other");
        throw aborted;
      });
      const rule = "status" in outcome ? statusRule(outcome.status, options.statusPolicy) : null;
      place.leave(rule?.busy === true ? "busy" : "other");
      if ("status" in outcome && rule?.fault === "none") {
        assertIdentity(outcome);
        answered += 1;
        outage.answered();
        return { reply: outcome, attempts };
      }
      const failed = failedTry(outcome);
      if (!("status" in outcome) && share.delay() > delayedBefore) {
        // It was read late because of others, and the server gave up. Once it is the earliest one, it is read at once.
        const reason = `${sentence(failed.reason)} Its response was held back until earlier ones were complete`;
        context.events({ type: "retry", shard: request.shard, attempt: attempts + 1, waitMs: 0, reason });
        await share.room();
        attempts -= 1;
        continue;
      }
      answeredAtFailure = Math.min(answeredAtFailure, answered);
      const next = nextTry(failed, { attempts, answeredAtFailure, msLeft: timeLeft() }, request);
      if ("result" in next) return next.result;
      const { wait } = next;
      context.events({
        type: "retry",
        shard: request.shard,
        attempt: attempts + 1,
        waitMs: wait,
        reason: failed.reason,
      });
      if (failed.retryAfterMs !== null) pace.rest(wait);
      await clock.sleep(wait, request.signal);
      await pace.turn(request.signal);
    }
  }

  function failedTry(outcome: Awaited<ReturnType<HttpExchange["send"]>>): FailedTry {
    const failed =
      "status" in outcome
        ? failedStatus(outcome, { ...options, sentTypes }, clock.now())
        : failedTransport(outcome, options);
    return { ...failed, reason: redact(failed.reason) };
  }

  /** The wait before the next try, or the result of the request. Throws the error that ends the run. */
  function nextTry(
    failed: FailedTry,
    tried: { readonly attempts: number; readonly answeredAtFailure: number; readonly msLeft: number },
    request: SendOptions,
  ): { readonly wait: number } | { readonly result: SendResult } {
    const { attempts, answeredAtFailure, msLeft } = tried;
    const { rule, retryAfterMs } = failed;
    if (rule.isCommon === true && attempts === 1 && options.maxAttempts > 1) return { wait: 0 };
    const isGone = rule.again === "while-gone";
    const isWaitedFor = isGone || (rule.again === "while-away" && isAway(answeredAtFailure, request));
    if (isWaitedFor) outage.failed(failed.reason, { unknownHost: failed.isUnknownHost, isCertain: isGone });
    else if (failed.status !== null) outage.answered();
    if (rule.again === "request_timeout" && attempts >= LIMITED_TRIES) reportLimit(failed);
    const { halvesAfter = Number.POSITIVE_INFINITY } = rule;
    if (attempts >= halvesAfter && request.hasSeveralRows()) return tooSlow(failed, attempts);
    const wait = isWaitedFor
      ? retryWait(attempts, retryAfterMs, { longestMs: LONGEST_LOOK_MS, untilMs: outage.left() })
      : retryWait(attempts, retryAfterMs);
    const isSpent = isWaitedFor ? outage.left() <= 0 : attempts >= worth(rule, request);
    if (!isSpent && wait < msLeft) return { wait };
    const asked =
      retryAfterMs === null || isSpent
        ? ""
        : ` (Retry-After: ${Math.ceil(retryAfterMs / 1000)} s, beyond request_timeout_s)`;
    return giveUp({ ...failed, reason: failed.reason + asked }, attempts, request);
  }

  /** Whether the server answers no request. If it answers others while this one fails, it is not away. */
  function isAway(answeredAtFailure: number, request: SendOptions): boolean {
    return answered <= (request.isolating ? request.answeredBefore : answeredAtFailure);
  }

  /** All tries of a request that fails in this way. */
  function worth({ again, busy }: FailedTry["rule"], request: SendOptions): number {
    if (again === "never") return 1;
    if (again === "once") return request.isolating ? 1 : Math.min(ONCE_MORE, options.maxAttempts);
    if (again === "request_timeout") return Number.POSITIVE_INFINITY;
    // A server that answers others is not gone: no row may be lost because the server was busy.
    const isBusy = busy === true && !request.isolating && answered > request.answeredBefore;
    return options.maxAttempts * (isBusy ? BUSY_PATIENCE : 1);
  }

  function reportLimit({ reason }: FailedTry): void {
    if (isLimitReported) return;
    isLimitReported = true;
    const message =
      `The server limits the rate of requests: ${sentence(reason)} Each one is tried for up to ${options.requestTimeoutMs / 1000} s (request_timeout_s). ` +
      "Set requests_per_second or lower concurrency to stay below the limit.";
    context.events({ type: "warning", message });
  }

  function giveUp(failed: FailedTry, attempts: number, request: SendOptions): { readonly result: SendResult } {
    const { fault, again, halvesAfter } = failed.rule;
    const ending = (): ScoreframeError => runEndingError(failed, { attempts, shard: request.shard }, options);
    if (fault === "job" || again === "while-gone") throw ending();
    if (fault === "server" && answered <= request.answeredBefore) {
      if (halvesAfter === undefined || !request.hasSeveralRows()) throw ending();
      return tooSlow(failed, attempts);
    }
    const rowFault = faultOf(failed, attempts);
    if (fault === "rows-or-job") return { result: { fault: { ...rowFault, ends: ending() }, attempts } };
    if (fault !== "size")
      return { result: { fault: { ...rowFault, isolable: again !== "request_timeout" }, attempts } };
    const size = request.hasSeveralRows() ? {} : { ends: ending() };
    return { result: { fault: { ...rowFault, size: "too large", ...size }, attempts } };
  }

  function tooSlow(failed: FailedTry, attempts: number): { readonly result: SendResult } {
    return { result: { fault: { ...faultOf(failed, attempts), size: "too slow" }, attempts } };
  }

  function faultOf({ code, reason }: FailedTry, attempts: number): RowFault {
    // The rows may have failed before, together with others. The number of attempts includes those.
    const after = attempts === 1 ? "" : ` after ${triesText(attempts)}`;
    return { code, message: `The request failed${after}: ${sentence(reason)}`, attempts, isolable: true };
  }

  /** The request asked for `identity`. Compressed bytes cannot be parsed. */
  function assertIdentity(reply: HttpReply): void {
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

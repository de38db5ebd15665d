import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { parseRetryAfter } from "../flow/retry-policy.ts";
import type { ResolvedHttpSessionOptions } from "../http-session-options.ts";
import { answerExcerpt } from "../responses/answer-excerpt.ts";
import type { HttpReply } from "../transport/http-exchange.ts";
import { printableUrl } from "../transport/redact.ts";
import type { TransportFault } from "../transport/transport-fault.ts";
import type { SentTypes } from "./content-type-hint.ts";
import { contentTypeHint } from "./content-type-hint.ts";
import type { FailedTry } from "./failed-try.ts";
import { sentence, triesText } from "./failed-try.ts";
import { statusRule } from "./status-rule.ts";
import { TRANSPORT_POLICY } from "./transport-policy.ts";

/** A response with an error status, judged by the policy. */
export function failedStatus(
  reply: HttpReply,
  { statusPolicy, sentTypes }: Pick<ResolvedHttpSessionOptions, "statusPolicy"> & { readonly sentTypes: SentTypes },
  now: number,
): FailedTry {
  const { status } = reply;
  const excerpt = answerExcerpt(reply.body) || "(empty body)";
  const usual = statusRule(status, statusPolicy);
  const hint = usual.fault === "server" ? null : contentTypeHint(status, excerpt, sentTypes);
  // Many containers answer 400 or 500 instead of 415. If no row passes, the rows are not at fault.
  const rule =
    hint === null ? usual : ({ ...usual, fault: "rows-or-job", again: "never", fix: sentence(hint) } as const);
  return {
    code: rule.fault === "server" ? "BACKEND_UNREACHABLE" : "BACKEND_REFUSED",
    reason: `status ${status}: ${excerpt}${locationOf(reply)}`,
    rule,
    retryAfterMs: rule.fault === "server" ? parseRetryAfter(reply.headers["retry-after"], now) : null,
    status,
    isUnknownHost: false,
  };
}

/** A missing response, judged by the policy. */
export function failedTransport(
  { kind, reason, fix }: TransportFault,
  { maxResponseBytes }: Pick<ResolvedHttpSessionOptions, "maxResponseBytes">,
): FailedTry {
  const usual = TRANSPORT_POLICY[kind];
  const rule = fix === undefined ? usual : { ...usual, fix: `${sentence(fix)} Then run the job again.` };
  const failed = { rule, retryAfterMs: null, status: null };
  const isUnknownHost = kind === "unknown-host";
  if (kind === "too-large") {
    const limit = `the answer exceeds ${maxResponseBytes} bytes (\`max_response_bytes\`)`;
    return { ...failed, code: "RESPONSE_TOO_LARGE", reason: limit, isUnknownHost };
  }
  const code = kind === "timeout" ? "BACKEND_TIMEOUT" : "BACKEND_UNREACHABLE";
  return { ...failed, code, reason, isUnknownHost };
}

/** The error that ends the run because of a failed request. */
export function runEndingError(
  failed: FailedTry,
  { attempts, shard }: { readonly attempts: number; readonly shard: number },
  options: Pick<ResolvedHttpSessionOptions, "backend" | "method" | "url">,
): ScoreframeError {
  const { code, status, rule } = failed;
  const where = `${options.method} ${printableUrl(options.url)}`;
  const happened = code === "BACKEND_REFUSED" ? "was refused" : "got no answer";
  const message = `${where} ${happened} after ${triesText(attempts)}: ${sentence(failed.reason)} ${rule.fix ?? FIX}`;
  return new ScoreframeError(code, message, {
    backend: options.backend,
    operation: "send request",
    shard,
    retryable: code !== "BACKEND_REFUSED",
    ...(status === null ? {} : { status }),
    details: { attempts },
  });
}

const FIX = "Lower `concurrency` or set `requests_per_second` if the server is overloaded; then run the job again.";

/** Where a redirect points, without user, password and query. */
function locationOf({ status, headers }: HttpReply): string {
  const { location } = headers;
  if (status >= 400 || location === undefined) return "";
  const url = URL.parse(location, "http://same-server");
  if (url === null) return " (its Location is not a URL)";
  return ` (Location: ${url.host === "same-server" ? url.pathname : printableUrl(url)})`;
}

import { request } from "undici";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { printableUrl } from "./redact.ts";

export type HealthOptions = {
  readonly backend: string;
  /** Asked with GET until it answers 2xx; what it answers is never read. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Told of the first failure, at once. */
  readonly onFailure?: (outcome: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const ONE_TRY_MS = 10_000;

/** Resolves when the server is ready to answer. Throws BACKEND_UNREACHABLE after the time given, BACKEND_REFUSED at once on 401 and 403. */
export async function waitUntilHealthy(options: HealthOptions): Promise<void> {
  const { clock, signal } = options;
  const deadline = clock.now() + options.timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const left = deadline - clock.now();
    const outcome = await ask(options, Math.max(1, Math.min(ONE_TRY_MS, left)));
    if (outcome === "healthy") return;
    if (pause === FIRST_PAUSE_MS) options.onFailure?.(outcome);
    if (clock.now() + pause >= deadline) throw unhealthy(options, outcome);
    await clock.sleep(pause, signal);
  }
}

/** "healthy", or what happened instead. */
async function ask(options: HealthOptions, withinMs: number): Promise<string> {
  const { url, headers, signal } = options;
  let status: number;
  try {
    const tooLong = AbortSignal.timeout(withinMs);
    const reply = await request(url, { method: "GET", headers, signal: AbortSignal.any([signal, tooLong]) });
    status = reply.statusCode;
    await reply.body.dump();
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error) || "no connection";
  }
  if (status === 401 || status === 403) {
    const message = `GET ${printableUrl(url)} was refused with status ${status}. Check the credentials in \`headers\`.`;
    throw new ScoreframeError("BACKEND_REFUSED", message, {
      backend: options.backend,
      operation: "check health",
      status,
    });
  }
  return status >= 200 && status < 300 ? "healthy" : `status ${status}`;
}

function unhealthy(options: HealthOptions, last: string): ScoreframeError {
  const seconds = options.timeoutMs / 1000;
  return new ScoreframeError(
    "BACKEND_UNREACHABLE",
    `GET ${printableUrl(options.url)} did not answer 2xx within ${seconds} s; at last: ${last}. ` +
      "Check that the server runs and that `url` and `health_path` are right, or raise `health_timeout_s`.",
    { backend: options.backend, operation: "check health", retryable: true },
  );
}

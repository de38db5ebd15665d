import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { Clock } from "../../../../core/ports/clock.ts";
import type { HttpSessionOptions } from "../http-session-options.ts";
import { HTTP_SESSION_DEFAULTS } from "../http-session-options.ts";
import type { Connection } from "./connection.ts";
import { connectTo } from "./connection.ts";
import { createRedactor, printableUrl } from "./redact.ts";
import type { TransportFault } from "./transport-fault.ts";

export type HealthOptions = Pick<HttpSessionOptions, "tls" | "proxy"> & {
  readonly backend: string;
  /** Asked with GET until it answers 2xx. The body is not read. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Called with the first failure, at once. */
  readonly onFailure?: (outcome: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
const ONE_TRY_MS = 10_000;

/**
 * Resolves when the server is ready to answer. Throws BACKEND_UNREACHABLE after the time given, or at once if waiting cannot help (a certificate
 * that is not trusted, a proxy that wants credentials), and BACKEND_REFUSED at once on 401 and 403.
 */
export async function waitUntilHealthy(options: HealthOptions): Promise<void> {
  const { url, tls = HTTP_SESSION_DEFAULTS.tls, proxy = HTTP_SESSION_DEFAULTS.proxy } = options;
  const limits = { headersTimeoutMs: ONE_TRY_MS, bodyTimeoutMs: ONE_TRY_MS, connectTimeoutMs: ONE_TRY_MS };
  const connection = connectTo({ url, tls, proxy, ...limits, connections: 1, maxResponseBytes: -1 });
  try {
    await untilHealthy(options, connection);
  } finally {
    await connection.close();
  }
}

async function untilHealthy(options: HealthOptions, connection: Connection): Promise<void> {
  const { clock, signal } = options;
  const deadline = clock.now() + options.timeoutMs;
  const redact = createRedactor(options.headers, options.url, connection.secrets);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const left = deadline - clock.now();
    const found = await ask(options, connection, Math.max(1, Math.min(ONE_TRY_MS, left)));
    if (found === "healthy") return;
    const outcome = redact(found);
    if (pause === FIRST_PAUSE_MS) options.onFailure?.(outcome);
    if (clock.now() + pause >= deadline) throw unhealthy(options, outcome);
    await clock.sleep(pause, signal);
  }
}

/** "healthy", or what happened instead. */
async function ask(options: HealthOptions, connection: Connection, withinMs: number): Promise<string> {
  const { url, headers, signal } = options;
  let status: number;
  try {
    const tooLong = AbortSignal.timeout(withinMs);
    const reply = await connection.request({ method: "GET", headers, signal: AbortSignal.any([signal, tooLong]) });
    status = reply.statusCode;
    await reply.body.dump();
  } catch (error) {
    signal.throwIfAborted();
    return outcomeOf(options, await connection.explain(error, false));
  }
  const foreign = connection.proxyFault(status);
  if (foreign !== null) return outcomeOf(options, foreign);
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

/** Why there was no answer. Throws BACKEND_UNREACHABLE if another try cannot help. */
function outcomeOf({ backend, url }: HealthOptions, { kind, reason, fix }: TransportFault): string {
  if (kind !== "fatal") return fix === undefined ? reason : `${reason}. ${fix}`;
  const message = `GET ${printableUrl(url)} got no answer: ${reason}.${fix === undefined ? "" : ` ${fix}.`}`;
  throw new ScoreframeError("BACKEND_UNREACHABLE", message, { backend, operation: "check health" });
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

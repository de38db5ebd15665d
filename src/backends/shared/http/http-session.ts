import type { BackendContext, ScoringSession } from "../../../core/ports/scoring-backend.ts";
import { createInFlightLimit } from "./flow/in-flight-limit.ts";
import { createPace } from "./flow/pace.ts";
import { createRequestSender } from "./flow/request-sender.ts";
import type { HttpSessionOptions } from "./http-session-options.ts";
import { withDefaults } from "./http-session-options.ts";
import { createRequestScorer } from "./request-scorer.ts";
import { scoreShards } from "./score-shards.ts";
import { connectTo } from "./transport/connection.ts";
import { createHttpExchange } from "./transport/http-exchange.ts";
import { createRedactor } from "./transport/redact.ts";

/** Many small responses may wait for a slow one; of large ones as many bytes as the largest may have. */
const HELD_BYTES = 64_000_000;

/**
 * Scores against a server that is ready: the caller has waited for it before (`waitUntilHealthy`). When the signal given to `score` aborts,
 * the signal's reason is thrown.
 */
export function createHttpSession(options: HttpSessionOptions, context: BackendContext): ScoringSession {
  const resolved = withDefaults(options);
  const { protocol, batchSize, batchBytes = Number.POSITIVE_INFINITY, isolateFailedRows } = context;
  const connection = connectTo({ ...resolved, connections: resolved.concurrency });
  const redact = createRedactor(resolved.headers, resolved.url, connection.secrets);
  const exchange = createHttpExchange(resolved, protocol, connection);
  const pace = createPace(resolved.requestsPerSecond, context.clock);
  const { concurrency, nonFinite } = resolved;
  const maxRequestBytes = Math.min(resolved.maxRequestBytes, batchBytes);
  const inFlight = createInFlightLimit(concurrency);
  const sender = createRequestSender({ options: resolved, context, exchange, pace, inFlight, redact });
  const scorer = createRequestScorer(sender, {
    protocol,
    batchSize,
    isolateFailedRows,
    nonFinite,
    redact,
    events: context.events,
  });
  return {
    score: (shards, signal) =>
      scoreShards(shards, signal, {
        protocol,
        batchSize,
        maxRequestBytes,
        concurrency,
        maxHeldBytes: Math.max(HELD_BYTES, resolved.maxResponseBytes),
        scorer,
        answered: context.answered ?? (() => undefined),
      }),
    close: () => connection.close(),
  };
}

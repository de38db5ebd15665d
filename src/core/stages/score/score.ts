import type { ShardResponse } from "../../domain/shard-response.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { RequestShard, ScoringSession } from "../../ports/scoring-backend.ts";

/** Scores every shard, in any order. A shard that is never answered is an error here, not a gap that is found later. */
export async function* scoreShards(
  session: ScoringSession,
  shards: AsyncIterable<RequestShard>,
  signal: AbortSignal,
): AsyncGenerator<ShardResponse> {
  const waiting = new Set<number>();
  async function* remembered(): AsyncGenerator<RequestShard> {
    for await (const shard of shards) {
      waiting.add(shard.shard);
      yield shard;
    }
  }
  for await (const response of session.score(remembered(), signal)) {
    if (!waiting.delete(response.shard)) throw strayAnswer(response.shard);
    yield response;
  }
  signal.throwIfAborted();
  if (waiting.size > 0) throw unanswered([...waiting]);
}

function strayAnswer(shard: number): ScoreframeError {
  return new ScoreframeError(
    "RESPONSE_INVALID",
    `The backend answered shard ${shard} twice, or was not asked for it. This is a fault of the backend: run the conformance suite on it.`,
    { shard, operation: "score" },
  );
}

function unanswered(shards: readonly number[]): ScoreframeError {
  return new ScoreframeError(
    "RESPONSE_INVALID",
    `The backend ended without an answer for ${shards.length} shards (the first is ${Math.min(...shards)}). Nothing was published. ` +
      "This is a fault of the backend: run the conformance suite on it.",
    { shard: Math.min(...shards), operation: "score", details: { shards: shards.slice(0, 20) } },
  );
}

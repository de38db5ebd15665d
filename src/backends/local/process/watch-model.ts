import type { ShardResponse } from "../../../core/domain/shard-response.ts";
import type { RequestShard, ScoringSession } from "../../../core/ports/scoring-backend.ts";
import type { RunningModel } from "./running-model.ts";

/**
 * Binds a session to the process that answers it: when the process ends, scoring ends with `MODEL_EXITED`, and its rows do not look rejected;
 * when the session is closed, the process is stopped.
 */
export function watchModel(session: ScoringSession, model: RunningModel): ScoringSession {
  return {
    score: (shards, signal) => scoreWhileAlive(session, model, shards, signal),
    async close() {
      try {
        await session.close();
      } finally {
        await model.stop();
      }
    },
  };
}

async function* scoreWhileAlive(
  session: ScoringSession,
  model: RunningModel,
  shards: AsyncIterable<RequestShard>,
  signal: AbortSignal,
): AsyncGenerator<ShardResponse> {
  const death = new AbortController();
  void model.exited.then((error) => death.abort(error));
  try {
    for await (const response of session.score(shards, AbortSignal.any([signal, death.signal]))) {
      if (model.hasExited()) throw await model.exited;
      yield response;
    }
  } catch (thrown) {
    // A connection that broke because the process is gone is reported as `MODEL_EXITED`.
    throw model.hasExited() && !signal.aborted ? await model.exited : thrown;
  }
}

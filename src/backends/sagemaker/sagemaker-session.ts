import { setMaxListeners } from "node:events";
import { messageOf } from "../../core/errors/scoreframe-error.ts";
import type { RequestShard, ScoringSession } from "../../core/ports/scoring-backend.ts";
import { costOf } from "./cost/job-cost.ts";
import { leftRunning } from "./job/job-failure.ts";
import { submitJob } from "./job/submit-job.ts";
import { watchJob } from "./job/watch-job.ts";
import type { DescribedJob, SessionState, SessionTools } from "./session-state.ts";

/** One transform job over all request files of the run: submitted when the last of them is stored, watched to its end, stopped if the run ends first. */
export function createSagemakerSession(tools: SessionTools): ScoringSession {
  const { service, remote, context, pricePerHour } = tools;
  const { clock, events } = context;
  const state: SessionState = { job: null, model: null, latest: null, incident: null };
  const warn = (message: string): void => events({ type: "warning", message });

  /** Stops a job that still runs. Resolves to its name if that fails, and never rejects, because the run's own error matters more. */
  async function stop(): Promise<string | null> {
    const running = state.latest !== null && isOver(state.latest) ? null : state.job;
    state.job = null;
    if (running === null) return null;
    try {
      await service.stopTransformJob(running);
      return null;
    } catch (thrown) {
      warn(`The transform job ${running} may still run and cost money. ${messageOf(thrown)}`);
      return running;
    }
  }

  return {
    async *score(shards, signal) {
      // A listener for every shard that waits to be stored.
      setMaxListeners(0, signal);
      const given: RequestShard[] = [];
      for await (const shard of shards) given.push(shard);
      signal.throwIfAborted();
      if (given.length === 0) return;
      await Promise.all(given.map(({ requestPath }) => remote.stored(requestPath)));
      signal.throwIfAborted();
      try {
        yield* watchJob(await submitJob(tools, state, given), tools, state, given, signal);
      } catch (thrown) {
        throw leftRunning(thrown, await stop(), service.region);
      } finally {
        await stop();
      }
    },
    async close() {
      const { model } = state;
      if (model !== null) {
        await service.deleteModel(model).catch((thrown: unknown) => {
          warn(`The model ${model} was made for this run and is still there. ${messageOf(thrown)}`);
        });
      }
      service.close();
    },
    incident: () => state.incident,
    cost: () => (state.latest === null ? null : costOf(state.latest, pricePerHour, clock.now())),
  };
}

function isOver({ TransformJobStatus: status }: DescribedJob): boolean {
  return status === "Completed" || status === "Failed" || status === "Stopped" || status === "Stopping";
}

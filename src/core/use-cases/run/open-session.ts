import type { Job } from "../../job/schema/job.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventSink } from "../../ports/event-sink.ts";
import type { RunFiles } from "../../ports/run-store.ts";
import type { BackendContext, ScoringBackend, ScoringSession } from "../../ports/scoring-backend.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";
import { withIncident } from "../../run/failure-policy.ts";
import type { RequestBatch } from "../../run/requests/request-batch.ts";
import type { RunTracker } from "../../run/run-tracker.ts";
import type { Scope } from "../../run/scope.ts";

type ScoringRun = {
  readonly runId: string;
  readonly job: Job;
  readonly backend: ScoringBackend;
  readonly protocol: ProtocolId;
  readonly requestOptions: RequestOptions;
  readonly batch: RequestBatch;
  readonly baseDirectory: string;
  readonly files: RunFiles;
  readonly tracker: RunTracker;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly signal: AbortSignal;
};

/** Opens the backend for as long as the scope lasts. If it cannot be opened, all else of the run is stopped at once. */
export function openSession(run: ScoringRun, scope: Scope): Promise<ScoringSession> {
  const opening = run.backend.open(contextOf(run));
  opening.catch((thrown: unknown) => scope.fail(thrown));
  const opened = (): Promise<ScoringSession | null> => opening.catch(() => null);
  scope.onFail(async (error) => withIncident(error, (await opened())?.incident?.() ?? null));
  scope.onLeave("The session of the backend", async () => {
    const session = await opened();
    if (session === null) return;
    run.tracker.charged(session.cost?.() ?? null);
    await session.close();
  });
  return opening;
}

function contextOf(run: ScoringRun): BackendContext {
  return {
    runId: run.runId,
    protocol: bindProtocol(run.protocol, run.requestOptions),
    batchSize: run.batch.rows,
    batchBytes: run.batch.bytes,
    isolateFailedRows: run.job.failure.isolate_failed_rows,
    logDirectory: run.files.folders.logs,
    ...(run.files.remote === undefined ? {} : { remote: run.files.remote }),
    baseDirectory: run.baseDirectory,
    clock: run.clock,
    events: run.events,
    answered: (shard, rows) => run.tracker.answering(shard, rows),
    signal: run.signal,
  };
}

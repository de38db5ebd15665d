import type { Job } from "../../job/schema/job.ts";
import type { EventSink } from "../../ports/event-sink.ts";
import type { OutputLock, TableOutput } from "../../ports/table-output.ts";
import { outputIntent } from "../../run/output-intent.ts";
import type { Scope } from "../../run/scope.ts";

type LockingRun = {
  readonly runId: string;
  readonly job: Job;
  readonly output: TableOutput;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly waitMs: number;
};

/** Takes the table, and waits for another run if it may. A run that loses it stops at once. */
export async function lockOutput(run: LockingRun, scope: Scope): Promise<OutputLock> {
  let waited = false;
  const lock = await run.output.lock(run.runId, {
    waitMs: run.waitMs,
    signal: run.signal,
    onWait(holder) {
      waited = true;
      run.events({ type: "note", message: `Waiting for ${run.output.location}, which ${holder} is writing.` });
    },
  });
  lock.lost.addEventListener("abort", () => scope.fail(lock.lost.reason), { once: true });
  // What the other run has published may leave nothing to do for this one.
  if (waited) {
    await run.output.check(outputIntent(run.runId, run.job)).catch(async (thrown: unknown) => {
      await lock.release();
      throw thrown;
    });
  }
  return lock;
}

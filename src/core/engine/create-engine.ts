import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { fillRunId } from "../job/read/parse-job.ts";
import { jobWarnings } from "../job/record/job-provenance.ts";
import { jobForRecord } from "../job/record/job-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventSink } from "../ports/event-sink.ts";
import type { OpenStore } from "../ports/object-store.ts";
import type { RunStore } from "../ports/run-store.ts";
import type { TableRepair } from "../ports/table-output.ts";
import { callerEvents, maskedEvents } from "../run/caller-events.ts";
import type { JobOptions, RepairOptions, RunOptions } from "../run/options.ts";
import type { PreparationTools } from "../run/prepare-run.ts";
import { prepareRun } from "../run/prepare-run.ts";
import { checkRunId } from "../run/run-id/check-run-id.ts";
import { newRunId } from "../run/run-id/new-run-id.ts";
import { withMaskedErrors } from "../secrets/secret-mask.ts";
import { checkJob } from "../use-cases/check/check.ts";
import type { PlanReport } from "../use-cases/plan/plan.ts";
import { planJob } from "../use-cases/plan/plan.ts";
import { pruneRuns } from "../use-cases/prune-runs/prune-runs.ts";
import type { RunOutcome } from "../use-cases/run/run.ts";
import { runJob } from "../use-cases/run/run.ts";
import { scoreRows } from "../use-cases/score-rows/score-rows.ts";
import type { FramePool } from "../worker/frame-pool.ts";
import type { Engine, Run } from "./engine.ts";

export type EngineTools = PreparationTools & {
  readonly pool: FramePool;
  readonly runStore: RunStore;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly openStore: OpenStore;
  /** What the workspace keeps of runs whose job does not say: see `workspace.keep` of a job. */
  readonly keep: string;
};

/** The use cases, bound to their ports. */
export function createEngine(tools: EngineTools): Engine {
  const closing = new AbortController();
  const working = new Set<Promise<unknown>>();
  const signalOf = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);

  async function tryRun(reference: Parameters<Engine["tryRun"]>[0], options: RunOptions = {}): Promise<RunOutcome> {
    const runId = options.runId === undefined ? newRunId(tools.clock) : checkRunId(options.runId);
    const prepared = await prepareRun(reference, options, tools);
    tools.pool.start();
    const job = fillRunId(prepared.job, runId);
    const { mask } = prepared;
    const events = maskedEvents(callerEvents(tools.events, options), mask);
    for (const message of jobWarnings(prepared.job)) events({ type: "warning", message });
    return runJob(
      {
        ...prepared,
        runId,
        job,
        recordedJob: jobForRecord(job),
        events,
        signal: signalOf(options.signal),
        waitMs: options.waitMs ?? 0,
      },
      tools,
    );
  }

  async function plan(reference: Parameters<Engine["plan"]>[0], options: JobOptions): Promise<PlanReport> {
    const prepared = await prepareRun(reference, options, tools);
    const events = maskedEvents(callerEvents(tools.events, options), prepared.mask);
    for (const message of jobWarnings(prepared.job)) events({ type: "warning", message });
    const settings = {
      signal: signalOf(options.signal),
      warn: (message: string) => events({ type: "warning", message }),
    };
    return withMaskedErrors(prepared.mask, () => planJob(prepared, tools.pool, settings));
  }

  async function repair(table: string, options: RepairOptions): Promise<TableRepair> {
    const output = await tools.output(table, options.baseDirectory ?? ".");
    const events = callerEvents(tools.events, options);
    return output.repair({
      signal: signalOf(options.signal),
      ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
      onWait: (holder) =>
        events({ type: "note", message: `Waiting for ${output.location}, which ${holder} is writing.` }),
    });
  }

  async function close(): Promise<void> {
    closing.abort(new ScoreframeError("RUN_CANCELLED", "The engine was closed."));
    // What a run holds (a session, a lock) is given back before the threads go that its work needs.
    await Promise.allSettled(working);
    await tools.pool.close();
  }

  /** Counts work that must end before the engine is closed. */
  function during<T>(work: Promise<T>): Promise<T> {
    working.add(work);
    const done = (): void => void working.delete(work);
    work.then(done, done);
    return work;
  }

  return {
    tryRun: (reference, options) => during(tryRun(reference, options)),
    async run(reference, options) {
      const { report, error } = await during(tryRun(reference, options));
      if (error === null && report.output !== null) return toRun(report, report.output);
      const cause = error ?? new ScoreframeError("INTERNAL", "The run ended without an output and without an error.");
      throw withReport(cause, report);
    },
    plan: (reference, options = {}) => during(plan(reference, options)),
    check: (reference, options = {}) => {
      const events = callerEvents(tools.events, options);
      const prepare = () => prepareRun(reference, options, tools);
      return during(checkJob(prepare, { ...tools, events }, { ...options, signal: signalOf(options.signal) }));
    },
    async stitch(request) {
      const { stitchPrefixes } = await import("../use-cases/stitch-files/stitch-prefixes.ts");
      return during(stitchPrefixes(request, tools, signalOf(request.signal)));
    },
    repair: (table, options = {}) => during(repair(table, options)),
    score: (rows, backend, options = {}) =>
      during(scoreRows(rows, backend, { ...options, signal: signalOf(options.signal) }, tools)),
    runs: () => tools.runStore.listReports(),
    prune: (request) => during(pruneRuns({ ...request, signal: signalOf(request.signal) }, tools)),
    runReport: (runId) => tools.runStore.loadReport(runId),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function toRun(report: RunOutcome["report"], output: Run["output"]): Run {
  const { input, scored, dead_lettered: deadLettered, skipped } = report.ledger;
  return {
    runId: report.run_id,
    status: report.status,
    ledger: { input, scored, deadLettered, skipped },
    output,
    deadLetter: report.dead_letter,
    report,
  };
}

/** The error with the run's report among its facts. */
function withReport(error: ScoreframeError, report: RunOutcome["report"]): ScoreframeError {
  const details = { ...error.facts.details, report };
  return new ScoreframeError(error.code, error.message, { ...error.facts, details, cause: error });
}

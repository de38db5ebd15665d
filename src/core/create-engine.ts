import type { Engine, Run } from "./engine.ts";
import { ScoreframeError } from "./errors/scoreframe-error.ts";
import type { FramePool } from "./frames/frame-pool.ts";
import { jobWarnings } from "./job/job-provenance.ts";
import { jobForRecord } from "./job/job-record.ts";
import { fillRunId } from "./job/parse-job.ts";
import { checkJob } from "./pipeline/check.ts";
import { checkRunId } from "./pipeline/check-run-id.ts";
import { newRunId } from "./pipeline/new-run-id.ts";
import type { RunOptions } from "./pipeline/options.ts";
import { planJob } from "./pipeline/plan.ts";
import type { PreparationTools } from "./pipeline/prepare-run.ts";
import { prepareRun } from "./pipeline/prepare-run.ts";
import type { RunOutcome } from "./pipeline/run.ts";
import { runJob } from "./pipeline/run.ts";
import { scoreRows } from "./pipeline/score-rows.ts";
import type { Clock } from "./ports/clock.ts";
import type { EventSink } from "./ports/event-sink.ts";
import type { OpenStore } from "./ports/object-store.ts";
import type { RunStore } from "./ports/run-store.ts";

export type EngineTools = PreparationTools & {
  readonly pool: FramePool;
  readonly runStore: RunStore;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly openStore: OpenStore;
};

/** The use cases, bound to their ports. */
export function createEngine(tools: EngineTools): Engine {
  const closing = new AbortController();
  const signalOf = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]);

  async function tryRun(reference: Parameters<Engine["tryRun"]>[0], options: RunOptions = {}): Promise<RunOutcome> {
    const runId = options.runId === undefined ? newRunId(tools.clock) : checkRunId(options.runId);
    const prepared = await prepareRun(reference, options, tools);
    tools.pool.start();
    const job = fillRunId(prepared.job, runId);
    const events: EventSink = (event) => {
      tools.events(event);
      options.onEvent?.(event);
      if (event.type === "progress") options.onProgress?.(event.progress);
    };
    for (const message of jobWarnings(prepared.job)) events({ type: "warning", message });
    return runJob(
      { ...prepared, runId, job, recordedJob: jobForRecord(job), events, signal: signalOf(options.signal) },
      tools,
    );
  }

  async function close(): Promise<void> {
    closing.abort(new ScoreframeError("RUN_CANCELLED", "The engine was closed."));
    await tools.pool.close();
  }

  return {
    tryRun,
    async run(reference, options) {
      const { report, error } = await tryRun(reference, options);
      if (error === null && report.output !== null) return toRun(report, report.output);
      const cause = error ?? new ScoreframeError("INTERNAL", "The run ended without an output and without an error.");
      throw withReport(cause, report);
    },
    async plan(reference, options = {}) {
      const warn = (message: string): void => options.onEvent?.({ type: "warning", message });
      return planJob(await prepareRun(reference, options, tools), tools.pool, {
        signal: signalOf(options.signal),
        warn,
      });
    },
    async check(reference, options = {}) {
      return checkJob(() => prepareRun(reference, options, tools), tools, {
        ...options,
        signal: signalOf(options.signal),
      });
    },
    async stitch(request) {
      const { stitchPrefixes } = await import("./pipeline/stitch-prefixes.ts");
      return stitchPrefixes(request, tools, signalOf(request.signal));
    },
    score: (rows, backend, options = {}) =>
      scoreRows(rows, backend, { ...options, signal: signalOf(options.signal) }, tools),
    runs: () => tools.runStore.listReports(),
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

import type { RunReport } from "../../core/domain/run-report.ts";
import type { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { CheckReport } from "../../core/use-cases/check/check.ts";

/** A run that could not start: no id, no rows, no backend. */
export type UnbegunRun = Omit<RunReport, "run_id" | "job" | "backend" | "protocol"> & {
  readonly run_id: null;
  readonly job: null;
  readonly backend: null;
  readonly protocol: null;
};

/** What `--json` prints if a command failed before it had a document: the same shape without content, and `error`. */
export function failureDocument(command: string | undefined, error: ScoreframeError): object {
  if (command === "run") return unbegunRun(error);
  if (command === "check") return uncheckedJob(error);
  return { error: error.toJSON() };
}

function unbegunRun(error: ScoreframeError): UnbegunRun {
  const now = new Date().toISOString();
  return {
    run_id: null,
    job: null,
    set: {},
    status: error.code === "RUN_CANCELLED" ? "incomplete" : "failed",
    ledger: { input: 0, scored: 0, dead_lettered: 0, skipped: 0 },
    null_predictions: 0,
    verification: null,
    shards: { total: 0, scored: 0 },
    requests: 0,
    output: null,
    dead_letter: null,
    timings_s: { extract: 0, shard: 0, score: 0, stitch: 0, publish: 0, total: 0 },
    request_bytes: 0,
    retries: 0,
    started_at: now,
    finished_at: now,
    cost: null,
    backend: null,
    protocol: null,
    error: error.toJSON(),
  };
}

function uncheckedJob(error: ScoreframeError): CheckReport {
  return { job: null, ok: false, items: [], sample: null, error: error.toJSON() };
}

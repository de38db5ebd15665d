import type { RunOutput, RunReport, RunStatus } from "../domain/run-report.ts";
import type { RowLedger } from "../ledger/row-ledger.ts";
import type { DataFrame } from "../polars/polars.ts";
import type { ScoringBackend } from "../ports/scoring-backend.ts";
import type { TableRepair } from "../ports/table-output.ts";
import type {
  BackendChoice,
  JobOptions,
  JobReference,
  RepairOptions,
  RowsInput,
  RunOptions,
  ScoreOptions,
} from "../run/options.ts";
import type { CheckReport } from "../use-cases/check/check.ts";
import type { PlanReport } from "../use-cases/plan/plan.ts";
import type { PruneReport, PruneRequest } from "../use-cases/prune-runs/prune-runs.ts";
import type { RunOutcome } from "../use-cases/run/run.ts";
import type { StitchReport, StitchRequest } from "../use-cases/stitch-files/stitch-prefixes.ts";

/** A run that was published. */
export type Run = {
  readonly runId: string;
  readonly status: RunStatus;
  readonly ledger: RowLedger;
  readonly output: RunOutput;
  /** Folder with the rows that could not be scored; null if there are none. */
  readonly deadLetter: RunReport["dead_letter"];
  readonly report: RunReport;
};

/** What `createScoreframe` gives. */
export type Engine = {
  /**
   * Scores and publishes. Rejects with a ScoreframeError if the table was not published; `error.facts.details.report` has the run's
   * report. Resolves if it was, also with dead letters within `failure.max_failed_rows`.
   */
  run(job: JobReference, options?: RunOptions): Promise<Run>;
  /** The same, but resolves with the report of a failed run too. Rejects only if no run could be begun: a job that is not valid, … */
  tryRun(job: JobReference, options?: RunOptions): Promise<RunOutcome>;
  /** What a run would do: rows, bytes, shards, requests, advice. Scores nothing, writes nothing. */
  plan(job: JobReference, options?: JobOptions): Promise<PlanReport>;
  /** Checks the job, its columns and its contract, and sends a sample of rows through the real model. Publishes nothing. */
  check(job: JobReference, options?: JobOptions & { readonly sampleRows?: number }): Promise<CheckReport>;
  /** Joins requests and responses that another program wrote. */
  stitch(request: StitchRequest): Promise<StitchReport>;
  /**
   * Completes or rolls back publications of a table (a folder or `s3://bucket/prefix`) that were cut off, and makes globs find what its manifest
   * lists. Changes nothing in a complete table. Throws `TABLE_NOT_FOUND`, `OUTPUT_BUSY`, `STORAGE_FAILED`, `OUTPUT_UNWRITABLE`.
   */
  repair(table: string, options?: RepairOptions): Promise<TableRepair>;
  /**
   * Scores rows that are too few to need a run: no workspace, no files that stay. Returns a Polars frame of the rows with their predictions; throws
   * `TOO_MANY_FAILED_ROWS` if one cannot be scored.
   */
  score(rows: RowsInput, backend: ScoringBackend | BackendChoice, options?: ScoreOptions): Promise<DataFrame>;
  /** Newest first. */
  runs(): Promise<readonly RunReport[]>;
  /** Throws `RUN_NOT_FOUND` if there is no run of that id. */
  runReport(runId: string): Promise<RunReport>;
  /**
   * Removes old runs from the workspace: `keep: "7d"` those that ended more than 7 days ago, `keep: 20` all but the newest 20. Runs that go on and
   * published tables stay.
   *
   * @throws `USAGE` if `keep` is neither an age nor a count, `STORAGE_FAILED` if a run cannot be removed
   * @example
   * const { removed, bytes } = await engine.prune({ keep: "7d" });
   */
  prune(request: PruneRequest): Promise<PruneReport>;
  /** Ends the worker threads. Runs that go on are stopped. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

import type { DataFrame } from "./frames/polars.ts";
import type { Job, JobInput } from "./job/job.ts";
import type { RowLedger } from "./ledger/row-ledger.ts";
import type { CheckReport } from "./pipeline/check.ts";
import type { PlanReport } from "./pipeline/plan.ts";
import type { RunOutput, RunReport, RunStatus } from "./pipeline/run-report.ts";
import type { RunOutcome } from "./pipeline/run.ts";
import type { StitchReport, StitchRequest } from "./pipeline/stitch-prefixes.ts";
import type { EventSink, RunProgress } from "./ports/event-sink.ts";
import type { ScoringBackend } from "./ports/scoring-backend.ts";

/** One row as an object from column name to value. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows that a program hands over: objects, or the path of a table file (Parquet, CSV, TSV, JSON, JSON Lines). */
export type RowsInput = readonly Row[] | AsyncIterable<Row> | Iterable<Row> | string;

export type JobOptions = {
  /** The rows of a job with `source: { kind: rows }`. */
  readonly rows?: RowsInput;
  /** Values for `{{ name }}` and for keys of the job, as `--set` on the command line. */
  readonly set?: Readonly<Record<string, string>>;
  /** Values for `${NAME}`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths of the job are relative to. @default that of the job file, or the working directory */
  readonly baseDirectory?: string;
  /** Stops in order; nothing is published afterwards. */
  readonly signal?: AbortSignal;
  readonly onEvent?: EventSink;
};

export type RunOptions = JobOptions & {
  /** @default a new one, which sorts by time: `20240501T093000-k3f9ab` */
  readonly runId?: string;
  /** Told as rows go through. */
  readonly onProgress?: (progress: RunProgress) => void;
};

/** A run that was published. */
export type Run = {
  readonly runId: string;
  readonly status: RunStatus;
  readonly ledger: RowLedger;
  readonly output: RunOutput;
  /** Folder with the rows that could not be scored; null where there are none. */
  readonly deadLetter: RunReport["dead_letter"];
  readonly report: RunReport;
};

/** A path of a job file (YAML, JSON, TypeScript), or the job itself. */
export type JobReference = string | JobInput | Job;

/** What `createScoreframe` gives. */
export type Engine = {
  /**
   * Scores and publishes. Rejects with a ScoreframeError where the table was not published; `error.facts.details.report` has the run's
   * report. Resolves where it was, also with dead letters inside `failure.max_failed_rows`.
   */
  run(job: JobReference, options?: RunOptions): Promise<Run>;
  /** The same for who wants the report of a failed run too. Rejects only where no run could be begun: a job that is not valid, … */
  tryRun(job: JobReference, options?: RunOptions): Promise<RunOutcome>;
  /** What a run would do: rows, bytes, shards, requests, advice. Scores nothing, writes nothing. */
  plan(job: JobReference, options?: JobOptions): Promise<PlanReport>;
  /** Checks the job, its columns and its contract, and sends a sample of rows through the real model. Publishes nothing. */
  check(job: JobReference, options?: JobOptions & { readonly sampleRows?: number }): Promise<CheckReport>;
  /** Joins requests and responses that somebody else wrote. */
  stitch(request: StitchRequest): Promise<StitchReport>;
  /**
   * Scores rows that are too few to need a run: no workspace, no files that stay. Returns a Polars frame of the rows with their predictions; throws
   * `TOO_MANY_FAILED_ROWS` where one cannot be scored.
   */
  score(rows: RowsInput, backend: ScoringBackend | { readonly kind: string }, options?: ScoreOptions): Promise<DataFrame>;
  /** Newest first. */
  runs(): Promise<readonly RunReport[]>;
  /** `RUN_NOT_FOUND` where there is none of that id. */
  runReport(runId: string): Promise<RunReport>;
  /** Ends the worker threads. Runs that go on are stopped. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ScoreOptions = {
  readonly features?: readonly string[];
  readonly protocol?: string;
  readonly batchSize?: number;
  readonly prefix?: string;
  readonly signal?: AbortSignal;
  readonly baseDirectory?: string;
};

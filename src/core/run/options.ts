import type { Job } from "../job/schema/job.ts";
import type { AnyBackendInput, AnySourceInput, JobInput } from "../job/schema/job-input.ts";
import type { DataFrame } from "../polars/polars.ts";
import type { EventSink, RunProgress } from "../ports/event-sink.ts";

/** A path of a job file (YAML, JSON, TypeScript), or the job itself. */
export type JobReference = string | JobInput | JobInput<AnyBackendInput, AnySourceInput> | Job;

/** One row as an object from column name to value. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows of a program: objects, a Polars frame, or the path of a table file (Parquet, CSV, TSV, JSON, JSON Lines). */
export type RowsInput = readonly Row[] | AsyncIterable<Row> | Iterable<Row> | DataFrame | string;

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
  /**
   * The name of the run's folder: up to 128 letters, digits, `_`, `.` and `-` that begin with a letter or digit.
   *
   * @default a new one, which sorts by time: `20240501T093000-k3f9ab`
   */
  readonly runId?: string;
  /**
   * Milliseconds to wait for another run that is writing the same table; after them the run ends with `OUTPUT_BUSY`.
   *
   * @default 0
   */
  readonly waitMs?: number;
  /** Called as rows go through. */
  readonly onProgress?: (progress: RunProgress) => void;
};

export type RepairOptions = {
  /** Folder that a relative path is relative to. @default the working directory */
  readonly baseDirectory?: string;
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: EventSink;
};

/** What a job's `backend` holds: which backend, and its options. */
export type BackendChoice = { readonly kind: string; readonly [option: string]: unknown };

export type ScoreOptions = {
  readonly features?: readonly string[];
  readonly protocol?: string;
  readonly batchSize?: number;
  /** Sent with every request, if the protocol has a place for them. */
  readonly params?: NonNullable<Job["model"]["params"]>;
  readonly prefix?: string;
  readonly signal?: AbortSignal;
  readonly baseDirectory?: string;
};

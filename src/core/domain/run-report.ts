import type { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { RunCost } from "./run-cost.ts";
import type { Verification } from "./verification.ts";

export type RunStatus = "running" | "succeeded" | "succeeded_with_dead_letters" | "failed" | "incomplete" | "cancelled";

/** run.json, and what `scoreframe run --json` prints: a public interface that grows and never changes meaning. */
export type RunReport = {
  readonly run_id: string;
  readonly job: string;
  /** The values of `--set`, without secrets. */
  readonly set: Readonly<Record<string, string>>;
  readonly status: RunStatus;
  readonly ledger: {
    readonly input: number;
    readonly scored: number;
    readonly dead_lettered: number;
    readonly skipped: number;
  };
  /** Scored rows whose prediction is null. */
  readonly null_predictions: number;
  /** What was found when some rows were sent to the model again; null until then. */
  readonly verification: Verification | null;
  readonly shards: { readonly total: number; readonly scored: number };
  /** Request lines. */
  readonly requests: number;
  /** Null until it is published. */
  readonly output: RunOutput | null;
  /** Folder of the rows that could not be scored; null if there are none. */
  readonly dead_letter: { readonly path: string; readonly rows: number } | null;
  /** Wall seconds from a stage's first act to its last; stages overlap, so that they add up to more than the total. */
  readonly timings_s: Readonly<Record<"extract" | "shard" | "score" | "stitch" | "publish" | "total", number>>;
  readonly request_bytes: number;
  readonly retries: number;
  readonly started_at: string;
  readonly finished_at: string | null;
  /** What the backend's service charges for the run; null if it charges nothing or has not begun. */
  readonly cost: RunCost | null;
  readonly backend: string;
  readonly protocol: string;
  readonly error: ReturnType<ScoreframeError["toJSON"]> | null;
};

export type RunOutput = {
  readonly path: string;
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  readonly partitions: readonly string[];
};

/** What a run reports while it goes on. Counts are totals so far, never differences. */
export type RunEvent =
  | { readonly type: "run-started"; readonly runId: string; readonly job: string }
  | { readonly type: "stage-started"; readonly stage: Stage }
  | { readonly type: "stage-finished"; readonly stage: Stage; readonly seconds: number }
  | { readonly type: "progress"; readonly progress: RunProgress }
  | {
      readonly type: "retry";
      readonly shard: number;
      readonly attempt: number;
      readonly waitMs: number;
      readonly reason: string;
    }
  | { readonly type: "warning"; readonly message: string }
  /** Where the work goes on that is done elsewhere, and how: a job that was submitted, a state that it has reached. */
  | { readonly type: "note"; readonly message: string }
  /** A server is away and waited for, up to a limit from now; null when the wait is over. */
  | { readonly type: "waiting"; readonly waitingFor: string | null; readonly limitSeconds: number }
  | { readonly type: "model-ready"; readonly seconds: number; readonly detail: string }
  | { readonly type: "run-finished"; readonly runId: string; readonly status: string };

export type Stage = "extract" | "shard" | "score" | "stitch" | "publish";

export type RunProgress = {
  /** Rows in the run; null until the source has been read. */
  readonly inputRows: number | null;
  readonly shardedRows: number;
  /** Rows that the model has answered, those of shards that are not whole included. */
  readonly scoredRows: number;
  readonly stitchedRows: number;
  readonly publishedRows: number;
  readonly shards: number;
  readonly requestBytes: number;
  readonly retries: number;
};

/** Takes events; must not throw and must not block. */
export type EventSink = (event: RunEvent) => void;

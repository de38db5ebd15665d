/** What a run would do. */
export type PlanReport = {
  readonly job: string;
  readonly rows: number;
  readonly features: readonly string[];
  readonly passthrough: readonly string[];
  readonly protocol: string;
  readonly backend: string;
  readonly request_bytes: number;
  readonly bytes_per_row: number;
  readonly requests: number;
  readonly shards: number;
  /** Rows of the sample that fit into no request. */
  readonly oversized_in_sample: number;
  /** Rows that were encoded to find the sizes: where fewer than all, bytes, requests and shards are estimates. */
  readonly sampled_rows: number;
  /** Sentences that say what to change for speed, and why. */
  readonly advice: readonly string[];
  readonly cost: { readonly note: string };
};

import type { RunLengths } from "../util/run-lengths.ts";

/** What is known of one shard, in a separate small file, so that writing one never rewrites the others. */
export type ShardRecord = {
  readonly shard: number;
  /** `sharded`: its request file is whole. `stitched`: its answers are paired with its rows. */
  readonly state: "sharded" | "stitched";
  readonly rows: number;
  readonly lines: number;
  /** Number of its first request line in the run. */
  readonly first_row_id: number;
  readonly line_rows: RunLengths;
  readonly features: string;
  /** `first_id`: of the first line, in protocols whose lines have ids; that of each other line is larger by the rows before it. */
  readonly request: {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly first_id: number;
  };
  /** `bytes` and `sha256` of the file as it was when its predictions were read. */
  readonly response: {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly retries: number;
  } | null;
  readonly scored: number;
  readonly dead_lettered: number;
};

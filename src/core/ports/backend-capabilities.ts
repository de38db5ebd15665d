import type { ProtocolId } from "../protocols/protocol.ts";

/** What a backend can do. Required data: read by the planner, by the conformance suite and by the docs' support matrix. */
export type BackendCapabilities = {
  /** Most bytes that one request line may have, envelope included; `Infinity` where the service sets no limit. */
  readonly maxRequestBytes: number;
  /** Rows in a request if the job does not say. @default 500, and no more than 1 MB */
  readonly defaultBatchSize?: number;
  /** Protocols that it can speak, the preferred one first. */
  readonly protocols: readonly ProtocolId[];
  /** Whether a line that no request file has can be sent before the lines of each request: CSV's line of names. */
  readonly requestHeader: boolean;
  /** What is lost when one request fails: that line's rows, or the whole shard. */
  readonly failureUnit: "line" | "shard";
  /** Whether it isolates a failing row by sending smaller parts of its line. */
  readonly isolatesFailedRows: boolean;
  /** Whether shards are answered in the order in which they were given. */
  readonly shardOrder: "any" | "given";
  /** Whether work that was begun can be stopped. */
  readonly cancel: boolean;
  /** Whether a later process can take up work that an earlier one began. */
  readonly reattach: boolean;
  /**
   * Whether a session can be asked again at no cost: `score` may be called several times, also before an earlier call has ended, and keeps to a shard's `batchSize`.
   * Some rows are then sent again to verify their predictions. @default false
   */
  readonly rescores?: boolean;
  /** Requests in flight: least, default, most. */
  readonly concurrency: { readonly min: number; readonly default: number; readonly max: number };
  /** Whether it can be run with no account and no network. */
  readonly offline: boolean;
};

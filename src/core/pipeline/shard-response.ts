/** A shard's answer, whole: its response file has exactly one line for each request line. */
export type ShardResponse = {
  readonly shard: number;
  /** Local path of the response file. */
  readonly responsePath: string;
  /** Tries beyond the first, over all requests of the shard. */
  readonly retries: number;
};

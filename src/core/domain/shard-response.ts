import type { FileDigest } from "../util/file-digest.ts";

/** Says that a shard's response file, at the path that the shard names, is complete: exactly one line for each request line. */
export type ShardResponse = {
  readonly shard: number;
  /** Bytes and digest of what was written, if the backend wrote the file itself: the file must hold just that when it is read. */
  readonly written?: FileDigest;
  /** Whether each line holds its request line, too, as SageMaker's `JoinSource=Input` writes it: one that holds another is an error of its rows. */
  readonly joined?: boolean;
  /** Tries beyond the first, over all requests of the shard. */
  readonly retries: number;
};

import type { TypedColumn } from "../frames/column-type.ts";

/** A shard whose answers are joined to its rows: a Parquet file of complete output rows. */
export type StitchedShard = {
  readonly shard: number;
  readonly path: string;
  readonly rows: number;
  /** Columns of the file in their order; prediction types may differ from shard to shard. */
  readonly schema: readonly TypedColumn[];
  /** The runs of equal partition values in the file, in file order. One run with no values for a table without partitions. */
  readonly partitions: readonly PartitionRun[];
};

export type PartitionRun = {
  /** One text a partition column, as `partitionText` gives it. */
  readonly values: readonly (string | null)[];
  readonly offset: number;
  readonly rows: number;
};

import type { TypedColumn } from "./types/column-type.ts";

export type TableFormat = "parquet" | "csv" | "jsonl";

/** A run of rows of a stitched shard, and where its columns' types are: an index into `schemas`. */
export type ShardSlice = {
  readonly path: string;
  readonly schema: number;
  readonly offset: number;
  readonly rows: number;
};

/** A partition's rows, as ranges of the slices laid end to end, in the order in which they are to be written. */
export type PartitionRows = {
  /** Absolute path of the folder to write into. */
  readonly folder: string;
  readonly ranges: readonly (readonly [start: number, rows: number])[];
};

/** One worker's piece of a publication: plain data, so that it crosses to a thread. */
export type CompactionTask = {
  readonly format: TableFormat;
  /** Whether text of CSV that begins like a formula gets an apostrophe before it. */
  readonly escapeFormulas: boolean;
  /** The columns to write, in order, each in the type that all shards share. Partition columns are not among them. */
  readonly columns: readonly TypedColumn[];
  /** The distinct schemas of the shards in this task. */
  readonly schemas: readonly (readonly TypedColumn[])[];
  readonly slices: readonly ShardSlice[];
  readonly partitions: readonly PartitionRows[];
  /** Whether the rows of the task are few enough to be held in memory at once; otherwise it has one partition, which is streamed. */
  readonly inMemory: boolean;
  /** Whether the file is a step on the way, from which many small slices will be read. */
  readonly forSlicing: boolean;
  /** Most rows of one Parquet file, estimated from the bytes of a row in the shards. */
  readonly rowsPerFile: number;
  /** Most bytes of one CSV or JSON Lines file, but for its last rows. */
  readonly bytesPerFile: number;
};

/** A file that was written and read back. */
export type CompactedFile = {
  /** Index of its partition in the task. */
  readonly partition: number;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
};

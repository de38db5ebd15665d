import type { TypedColumn } from "./types/column-type.ts";

/** A shard whose answers are joined to its rows: complete output rows in a Parquet file, which small shards share. */
export type StitchedShard = {
  readonly shard: number;
  readonly path: string;
  readonly rows: number;
  /** Columns of the file in their order; prediction types may differ from shard to shard. */
  readonly schema: readonly TypedColumn[];
  /** Its runs of equal partition values in the file, in file order. One run with no values for a table without partitions. */
  readonly partitions: readonly PartitionRun[];
};

export type PartitionRun = {
  /** One text a partition column, as `partitionText` gives it. */
  readonly values: readonly (string | null)[];
  readonly offset: number;
  readonly rows: number;
};

/** The files of the shards, each once, with the rows of all shards in it. */
export function stitchedFiles(shards: readonly StitchedShard[]): Pick<StitchedShard, "path" | "rows" | "schema">[] {
  const files = new Map<string, Pick<StitchedShard, "path" | "rows" | "schema">>();
  for (const { path, rows, schema } of shards)
    files.set(path, { path, rows: rows + (files.get(path)?.rows ?? 0), schema });
  return [...files.values()];
}

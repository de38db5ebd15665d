import { join } from "node:path";
import type { CompactedFile, CompactionTask } from "../../domain/compaction-task.ts";
import type { StitchedShard } from "../../domain/stitched-shard.ts";
import { stitchedFiles } from "../../domain/stitched-shard.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import { collectPartitions, distinctSchemas, sliceGroup } from "./plan-compaction.ts";

/** More runs than this for each partition and shard, and the table is not in the order of its partitions. */
const SCATTERED = 4;

/**
 * Whether most shards hold a little of most partitions. Every group would then open every shard, which costs two milliseconds a time,
 * however few rows it finds there.
 */
export function isScattered(shards: readonly StitchedShard[], partitions: number): boolean {
  const runs = shards.reduce((sum, shard) => sum + shard.partitions.length, 0);
  return runs > SCATTERED * (partitions + stitchedFiles(shards).length);
}

/** Files that one query reads well: what it costs grows with the square of them. */
const MOST_FILES = 200;

/** Whether `taskRows` rows, as many as one task writes, are in more files than one query reads well. */
export function isFinelyCut(shards: readonly StitchedShard[], taskRows: number): boolean {
  const files = stitchedFiles(shards);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  return Math.min(1, taskRows / Math.max(1, rows)) * files.length > MOST_FILES;
}

/** Neighbouring shards, together at most `maxRows` rows and as many files as one query reads well, or a single shard. */
export function batchShards(shards: readonly StitchedShard[], maxRows: number): StitchedShard[][] {
  const batches: StitchedShard[][] = [];
  let rows = 0;
  let files = new Set<string>();
  for (const shard of shards) {
    rows += shard.rows;
    files.add(shard.path);
    const open = batches.at(-1);
    if (open !== undefined && rows <= maxRows && files.size <= MOST_FILES) open.push(shard);
    else {
      batches.push([shard]);
      rows = shard.rows;
      files = new Set([shard.path]);
    }
  }
  return batches;
}

/** The task that writes a batch as one shard, in the order of its partitions, and what that shard will be. */
export function mergeTask(
  batch: readonly StitchedShard[],
  partitionBy: readonly string[],
  columns: readonly TypedColumn[],
  folder: string,
): { task: CompactionTask; merged: (file: CompactedFile) => StitchedShard } {
  const partitions = collectPartitions(batch, partitionBy);
  const { schemas, numberOf } = distinctSchemas(batch);
  const sliced = sliceGroup({ partitions, inMemory: true }, batch, numberOf, () => folder);
  let offset = 0;
  const runs = partitions.map(({ values, rows }) => {
    offset += rows;
    return { values, offset: offset - rows, rows };
  });
  const task: CompactionTask = {
    format: "parquet",
    escapeFormulas: false,
    columns,
    schemas,
    slices: sliced.slices,
    partitions: [{ folder, ranges: sliced.partitions.flatMap((partition) => partition.ranges) }],
    inMemory: true,
    forSlicing: true,
    rowsPerFile: offset,
    bytesPerFile: Number.MAX_SAFE_INTEGER,
  };
  const shard = batch[0]?.shard ?? 0;
  return {
    task,
    merged: ({ path, rows }) => ({ shard, path, rows, schema: columns, partitions: runs }),
  };
}

/** Where merged shards are kept until their partitions are written. */
export function mergeFolder(staging: string, batch: number): string {
  return join(staging, "_merged", String(batch));
}

import { distinctPartitions } from "../stages/extract/worker/distinct-partitions.ts";
import { findFinerTimes } from "../stages/extract/worker/finer-times.ts";
import { longPartitions } from "../stages/extract/worker/long-partitions.ts";
import { findLossyCasts } from "../stages/extract/worker/lossy-casts.ts";
import { readNullColumns } from "../stages/extract/worker/null-columns.ts";
import { readParquetSchema } from "../stages/extract/worker/parquet-schema.ts";
import { compactPartitions } from "../stages/publish/worker/compact-partitions.ts";
import { encodeChunk, measureRows } from "../stages/shard/worker/encode-chunk.ts";
import { listWidths } from "../stages/shard/worker/list-widths.ts";
import { stitchPair } from "../stages/stitch/worker/pair/stitch-pair.ts";
import { gatherRows } from "../stages/stitch/worker/sample/gather-rows.ts";
import { stitchShards } from "../stages/stitch/worker/stitch-shards.ts";

/**
 * What a worker thread can be asked to do: synchronous functions from plain data to plain data. Frames never cross threads; files do, by
 * their paths.
 */
export const FRAME_TASKS = {
  readParquetSchema,
  readNullColumns,
  findLossyCasts,
  distinctPartitions,
  longPartitions,
  findFinerTimes,
  listWidths,
  measureRows,
  encodeChunk,
  stitchShards,
  stitchPair,
  gatherRows,
  compactPartitions,
};

export type FrameTasks = typeof FRAME_TASKS;
export type FrameTaskName = keyof FrameTasks;

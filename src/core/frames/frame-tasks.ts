import { compactPartitions } from "./compact-partitions.ts";
import { distinctPartitions } from "./distinct-partitions.ts";
import { encodeChunk, measureRows } from "./encode-chunk.ts";
import { findFinerTimes } from "./finer-times.ts";
import { listWidths } from "./list-widths.ts";
import { longPartitions } from "./long-partitions.ts";
import { findLossyCasts } from "./lossy-casts.ts";
import { readNullColumns } from "./null-columns.ts";
import { readParquetSchema } from "./parquet-schema.ts";
import { stitchPair } from "./stitch-pair.ts";
import { stitchShards } from "./stitch-shards.ts";
import { gatherRows } from "./verify/gather-rows.ts";

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

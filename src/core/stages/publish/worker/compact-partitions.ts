import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CompactedFile, CompactionTask, PartitionRows, ShardSlice } from "../../../domain/compaction-task.ts";
import type { ColumnType } from "../../../domain/types/column-type.ts";
import { leafCasts } from "../../../domain/types/exact-cast.ts";
import { ScoreframeError } from "../../../errors/scoreframe-error.ts";
import { isStorageFailure, storageError } from "../../../errors/storage-error.ts";
import type { DataFrame, Expr, LazyFrame } from "../../../polars/polars.ts";
import { castTo, column, expression, pl, scanParquet } from "../../../polars/polars.ts";
import { countRecords } from "./count-records.ts";
import { writeTextFiles } from "./write-text-files.ts";

/** Suffix of files that are not yet part of the table: no `*.parquet` finds them. */
const STAGED_SUFFIX = ".data";

/** A slice decodes whole row groups: small ones make it four times as cheap as one of 200,000 rows. */
const SLICED = { compression: "lz4", rowGroupSize: 8192 } as const;
/** Lists of expressions that are kept; more only if the answers of a model have that many forms. */
const MOST_REMEMBERED = 64;

/**
 * Writes the partitions of a task from their shards' slices and reads every file back. Memory is bounded by the task, not by the table.
 * Throws `LEDGER_IMBALANCE` if a file does not hold the rows that were meant for it, `STORAGE_FAILED` if it could not be written.
 */
export function compactPartitions(task: CompactionTask): CompactedFile[] {
  try {
    for (const { folder } of task.partitions) mkdirSync(folder, { recursive: true });
    if (task.format !== "parquet") return writeText(task);
    return task.inMemory ? writeGroup(task) : streamPartition(task);
  } catch (thrown) {
    throw isStorageFailure(thrown) ? storageError(task.partitions[0]?.folder ?? "", "write", thrown) : thrown;
  }
}

/** Many small partitions: their rows are read at once and cut in memory. */
function writeGroup(task: CompactionTask): CompactedFile[] {
  const rows = inPartitionOrder(scanSlices(task.slices, task).collectSync(), task.partitions);
  const named = withNames(rows.lazy(), task).collectSync();
  // A frame is a proxy whose columns hide its methods; the lazy way is safe for any name, but costs five milliseconds per file.
  const hidden = task.columns.some(({ name }) => name === "slice" || name === "writeParquet");
  let start = 0;
  return task.partitions.flatMap((partition, index) => {
    const length = rowsOf(partition);
    const files = fileLengths(length, task.rowsPerFile).map(([offset, count], part) => {
      const path = partPath(partition.folder, part, "parquet");
      if (task.forSlicing) sink(withNames(rows.lazy(), task), path, SLICED);
      else if (hidden) sink(withNames(rows.lazy().slice(start + offset, count), task), path);
      else named.slice(start + offset, count).writeParquet(path, { compression: "zstd" });
      return readBack(index, path, count);
    });
    start += length;
    return files;
  });
}

/** One large partition: streamed file by file, never held in memory. */
function streamPartition(task: CompactionTask): CompactedFile[] {
  const [partition] = task.partitions;
  if (partition === undefined) return [];
  return fileLengths(rowsOf(partition), task.rowsPerFile).map(([offset, count], part) => {
    const path = partPath(partition.folder, part, "parquet");
    sink(withNames(scanSlices(cutSlices(task.slices, offset, count), task), task), path);
    return readBack(0, path, count);
  });
}

/** Text files are built a batch at a time: the streaming engine writes wrong JSON for lists of structs. */
function writeText(task: CompactionTask): CompactedFile[] {
  const group = task.inMemory
    ? inPartitionOrder(scanSlices(task.slices, task).collectSync(), task.partitions)
    : undefined;
  let start = 0;
  return task.partitions.flatMap((partition, index) => {
    const first = start;
    start += rowsOf(partition);
    const read = (offset: number, count: number): LazyFrame =>
      group === undefined
        ? scanSlices(cutSlices(task.slices, offset, count), task)
        : group.lazy().slice(first + offset, count);
    const files = writeTextFiles(task, rowsOf(partition), read, (part, extension) =>
      partPath(partition.folder, part, extension),
    );
    return files.map(({ path, rows }) => readBack(index, path, rows));
  });
}

/** The slices end to end, columns named `c0`, `c1`, … by position in the task, each in its final type. */
function scanSlices(slices: readonly ShardSlice[], task: CompactionTask): LazyFrame {
  if (slices.length === 0) return emptyRow().select(projection([], task)).limit(0);
  const projections = task.schemas.map((schema) => projection(schema, task));
  const scans = slices.map(({ path, schema, offset, rows }) =>
    scanParquet(path)
      .slice(offset, rows)
      .select(projections[schema] ?? []),
  );
  return scans.length === 1 && scans[0] !== undefined ? scans[0] : pl.concat(scans, { how: "vertical" });
}

function emptyRow(): LazyFrame {
  return pl.DataFrame([pl.Series("row", [0])]).lazy();
}

function projection(schema: CompactionTask["columns"], task: CompactionTask): Expr[] {
  return remembered([schema, task.columns], () => project(schema, task));
}

function project(schema: CompactionTask["columns"], task: CompactionTask): Expr[] {
  const written = new Map(schema.map((each) => [each.name, each]));
  return task.columns.map(({ name, type }, index) => {
    const { type: had, alternative } = written.get(name) ?? {};
    if (had !== undefined && alternative !== undefined && alternative !== had && isOther(had, type))
      return castTo(column(name), type).alias(`c${index}`);
    if (had === undefined || holdsOnlyNull(had, type))
      return cast({ Literal: { Scalar: { Null: "Null" } } }, type).alias(`c${index}`);
    const same = JSON.stringify(had) === JSON.stringify(type);
    return (same ? column(name) : cast({ Column: name }, type)).alias(`c${index}`);
  });
}

/** Cells of CSV that this shard could read as text or as numbers, and the table reads the other way. */
function isOther(had: ColumnType, type: ColumnType): boolean {
  return (had === "String") !== (type === "String");
}

/** Between such types there is no cast; that the column holds nothing else was made sure of before. */
function holdsOnlyNull(had: ColumnType, type: ColumnType): boolean {
  return leafCasts(had, type).some(({ path, exactness }) => path.length === 0 && exactness === "never");
}

function cast(serialised: unknown, type: ColumnType): Expr {
  return expression({ Cast: { expr: serialised, dtype: { Literal: type }, options: "Strict" } });
}

function withNames(lazy: LazyFrame, task: CompactionTask): LazyFrame {
  return lazy.select(
    remembered(["names", task.columns], () => task.columns.map(({ name }, index) => pl.col(`c${index}`).alias(name))),
  );
}

const memory = new Map<string, Expr[]>();

/** An expression takes half a millisecond to make, as long as a small file takes to write: the tasks of one table share theirs. */
function remembered(key: unknown, make: () => Expr[]): Expr[] {
  const text = JSON.stringify(key);
  const known = memory.get(text);
  if (known !== undefined) return known;
  if (memory.size >= MOST_REMEMBERED) memory.clear();
  const made = make();
  memory.set(text, made);
  return made;
}

/** Rows that are in the order of their partitions already, as a table sorted by its partition columns does, are not moved. */
function inPartitionOrder(frame: DataFrame, partitions: readonly PartitionRows[]): DataFrame {
  const ranges = partitions.flatMap((partition) => partition.ranges);
  if (ranges.every(([start], index) => start === endOf(ranges[index - 1]))) return frame;
  const order = new Uint32Array(frame.height);
  let next = 0;
  for (const [start, rows] of ranges) for (let row = start; row < start + rows; row += 1) order[next++] = row;
  return pl
    .concat([frame, pl.DataFrame([pl.Series("order", order)])], { how: "horizontal" })
    .lazy()
    .select(remembered("gather", () => [pl.col("^c[0-9]+$").gather(pl.col("order"))]))
    .collectSync();
}

function endOf(range: readonly [start: number, rows: number] | undefined): number {
  return range === undefined ? 0 : range[0] + range[1];
}

function rowsOf(partition: PartitionRows): number {
  return partition.ranges.reduce((sum, [, rows]) => sum + rows, 0);
}

/** `[offset, rows]` of each file: as few files as the limit allows, of equal size; one empty file if there are no rows. */
function fileLengths(rows: number, most: number): [number, number][] {
  const files = Math.max(1, Math.ceil(rows / most));
  const length = Math.ceil(rows / files);
  return Array.from({ length: files }, (_, file) => [file * length, Math.min(length, rows - file * length)]);
}

/** The part of the slices, laid end to end, that begins at `offset`. */
function cutSlices(slices: readonly ShardSlice[], offset: number, count: number): ShardSlice[] {
  const cut: ShardSlice[] = [];
  let before = 0;
  for (const slice of slices) {
    const from = Math.max(offset, before);
    const to = Math.min(offset + count, before + slice.rows);
    if (from < to) cut.push({ ...slice, offset: slice.offset + from - before, rows: to - from });
    before += slice.rows;
  }
  return cut;
}

function partPath(folder: string, part: number, extension: string): string {
  return join(folder, `part-${String(part).padStart(5, "0")}.${extension}${STAGED_SUFFIX}`);
}

function sink(lazy: LazyFrame, path: string, options: pl.SinkParquetOptions = { compression: "zstd" }): void {
  // The binding writes into its options.
  lazy.sinkParquet(path, { ...options, maintainOrder: true }).collectSync();
}

/** A full disk is not always reported: only what can be read back counts as written. */
function readBack(partition: number, path: string, expected: number): CompactedFile {
  const rows = countRecords(path);
  if (rows !== expected) {
    throw new ScoreframeError(
      "LEDGER_IMBALANCE",
      `${path} holds ${rows ?? "no readable"} rows, and ${expected} were written. Nothing was published; look for a full disk, then run the job again.`,
      { operation: "publish", details: { path, rows, expected } },
    );
  }
  return { partition, path, rows, bytes: statSync(path).size };
}

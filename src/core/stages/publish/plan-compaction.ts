import type { PartitionRows, ShardSlice } from "../../domain/compaction-task.ts";
import { partitionFolder } from "../../domain/hive-path.ts";
import type { StitchedShard } from "../../domain/stitched-shard.ts";
import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { comparePartitionValues } from "./compare-partition-values.ts";

export type PlannedPartition = {
  readonly folder: string;
  readonly values: readonly (string | null)[];
  readonly rows: number;
  /** Its runs, three numbers each: index of the shard, offset in it, rows. A flat list, since there may be a million. */
  readonly runs: readonly number[];
};

/** Partitions that one worker writes: several small ones, or a single large one. */
export type PartitionGroup = { readonly partitions: readonly PlannedPartition[]; readonly inMemory: boolean };

/** Every partition of the shards, in the order of its values. */
export function collectPartitions(
  shards: readonly StitchedShard[],
  partitionBy: readonly string[],
): PlannedPartition[] {
  const byFolder = new Map<
    string,
    { folder: string; values: readonly (string | null)[]; rows: number; runs: number[] }
  >();
  for (const [index, shard] of shards.entries()) {
    for (const { values, offset, rows } of shard.partitions) {
      if (rows === 0) continue;
      const folder = partitionFolder(partitionBy, values);
      const partition = byFolder.get(folder) ?? { folder, values, rows: 0, runs: [] };
      partition.rows += rows;
      partition.runs.push(index, offset, rows);
      byFolder.set(folder, partition);
    }
  }
  return [...byFolder.values()].sort((a, b) => comparePartitionValues(a.values, b.values));
}

/** Neighbours share a group while its rows stay within `maxRows`, so that a group is one slice of each shard. */
export function groupPartitions(partitions: readonly PlannedPartition[], maxRows: number): PartitionGroup[] {
  const groups: PartitionGroup[] = [];
  let open: PlannedPartition[] = [];
  let rows = 0;
  const close = (): void => {
    if (open.length > 0) groups.push({ partitions: open, inMemory: true });
    open = [];
    rows = 0;
  };
  for (const partition of partitions) {
    if (rows + partition.rows > maxRows) close();
    if (partition.rows > maxRows) groups.push({ partitions: [partition], inMemory: false });
    else {
      open.push(partition);
      rows += partition.rows;
    }
  }
  close();
  return groups;
}

/** The slices of the shards that hold a group, neighbouring runs joined, and where in them each partition's rows are. */
export function sliceGroup(
  group: PartitionGroup,
  shards: readonly StitchedShard[],
  schemaOf: (shard: StitchedShard) => number,
  folderOf: (partition: PlannedPartition) => string,
): { slices: ShardSlice[]; partitions: PartitionRows[] } {
  const partitions = group.partitions.map((partition) => ({
    folder: folderOf(partition),
    ranges: [] as [number, number][],
  }));
  const slices: { path: string; schema: number; offset: number; rows: number }[] = [];
  let total = 0;
  for (const [index, offset, rows, owner] of runsInFileOrder(group.partitions)) {
    const shard = shards[index];
    const ranges = partitions[owner]?.ranges;
    if (shard === undefined || ranges === undefined) continue;
    const last = slices.at(-1);
    if (last !== undefined && last.path === shard.path && last.offset + last.rows === offset) last.rows += rows;
    else slices.push({ path: shard.path, schema: schemaOf(shard), offset, rows });
    const range = ranges.at(-1);
    if (range !== undefined && range[0] + range[1] === total) range[1] += rows;
    else ranges.push([total, rows]);
    total += rows;
  }
  return { slices, partitions };
}

function runsInFileOrder(partitions: readonly PlannedPartition[]): [number, number, number, number][] {
  const runs: [shard: number, offset: number, rows: number, partition: number][] = [];
  for (const [owner, partition] of partitions.entries()) {
    for (let at = 0; at < partition.runs.length; at += 3) {
      runs.push([partition.runs[at] ?? 0, partition.runs[at + 1] ?? 0, partition.runs[at + 2] ?? 0, owner]);
    }
  }
  return runs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** Most shards share one schema: a task carries it once. */
export function distinctSchemas(shards: readonly StitchedShard[]): {
  schemas: (readonly TypedColumn[])[];
  numberOf: (shard: StitchedShard) => number;
} {
  const schemas: (readonly TypedColumn[])[] = [];
  const known = new Map<string, number>();
  const numbers = new Map<StitchedShard, number>();
  for (const shard of shards) {
    const key = JSON.stringify(shard.schema);
    const number = known.get(key) ?? schemas.push(shard.schema) - 1;
    known.set(key, number);
    numbers.set(shard, number);
  }
  return { schemas, numberOf: (shard) => numbers.get(shard) ?? 0 };
}

/** Bytes that a row takes in memory, roughly: fixed widths by type, and for texts and lists what they take in the file, threefold. */
export function memoryPerRow(columns: readonly TypedColumn[], fileBytesPerRow: number): number {
  return columns.reduce((sum, { type }) => sum + fixedWidth(type), 0) + 3 * fileBytesPerRow;
}

function fixedWidth(type: ColumnType): number {
  if (typeof type === "string") return type === "String" || type === "Binary" ? 24 : 8;
  if ("Struct" in type) return type.Struct.reduce((sum, field) => sum + fixedWidth(field.dtype), 1);
  if ("Array" in type) return type.Array[1] * fixedWidth(type.Array[0]);
  return "List" in type ? 8 + 4 * fixedWidth(type.List) : 16;
}

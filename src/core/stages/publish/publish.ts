import { rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CompactedFile, CompactionTask } from "../../domain/compaction-task.ts";
import type { StitchedShard } from "../../domain/stitched-shard.ts";
import { stitchedFiles } from "../../domain/stitched-shard.ts";
import type { TableColumn, TableManifest } from "../../domain/table-manifest.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import { settleType } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { storageError } from "../../errors/storage-error.ts";
import type { OutputIntent, OutputLock, StagedFile, Staging, TableOutput } from "../../ports/table-output.ts";
import { unifyShards } from "../../responses/types/unify-shards.ts";
import { assertUnrounded } from "./assert-unrounded.ts";
import { batchShards, isFinelyCut, isScattered, mergeFolder, mergeTask } from "./merge-scattered-shards.ts";
import type { PartitionGroup, PlannedPartition } from "./plan-compaction.ts";
import { collectPartitions, distinctSchemas, groupPartitions, memoryPerRow, sliceGroup } from "./plan-compaction.ts";
import type { FindLossyCasts } from "./table-contract/assert-contract.ts";
import { assertExactCasts, assertSameColumns } from "./table-contract/assert-contract.ts";
import { compareColumns } from "./table-contract/compare-columns.ts";
import { inTableTypes } from "./table-contract/in-table-types.ts";
import type { TableContract } from "./table-contract/table-contract.ts";
import { tableContract } from "./table-contract/table-contract.ts";

/** Aim for the size of a file, in bytes. */
const FILE_BYTES = 128_000_000;
/** Most memory, in bytes and roughly, of the rows that one worker holds; and most rows, since a file's footer has its price too. */
const GROUP_BYTES = 32_000_000;
const GROUP_ROWS = 500_000;

export type Publication = OutputIntent & {
  /** In the order of the run: its rows are written in this order. */
  readonly shards: readonly StitchedShard[];
  /** Rows that the ledger counts as scored. */
  readonly scoredRows: number;
  /** Columns of the table if there is no shard that has them. */
  readonly emptySchema?: readonly TypedColumn[];
  /** Names of the columns that are not predictions; absent if the caller does not need them. */
  readonly sourceColumns?: readonly string[];
  /** Whether not one prediction was more than null, so that their columns are not known. @default false */
  readonly unanswered?: boolean;
  /** Whether text of CSV that begins like a formula gets an apostrophe before it. @default false */
  readonly escapeFormulas?: boolean;
  /** Put before the names of predictions by the job, for messages. */
  readonly prefix?: string;
  /** Names of the columns to write, partition columns aside; all of them if it is absent. */
  readonly columns?: readonly string[];
};

export type PublishTools = {
  readonly output: TableOutput;
  readonly lock: OutputLock;
  /** `compactPartitions`, in a worker. */
  readonly compact: (task: CompactionTask) => Promise<readonly CompactedFile[]>;
  /** `findLossyCasts`, in a worker. Without it, a column whose type is not the table's is rejected unread. */
  readonly findLossyCasts?: FindLossyCasts;
  /** Tasks at a time; 2 by default. */
  readonly concurrency?: number;
  /** Called with the rows written so far. */
  readonly onProgress?: (rows: number) => void;
  /** Awaited when the files are written and before anything of them is seen; what it throws leaves the former table as it was. */
  readonly beforeSwitch?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
};

export type PublishedTable = {
  readonly path: string;
  /** What this run wrote; the table may hold more. */
  readonly rows: number;
  readonly files: number;
  readonly bytes: number;
  /** Folders of the partitions that were written: `ds=2001-01-01`. */
  readonly partitions: readonly string[];
  readonly manifest: TableManifest;
};

/**
 * Compacts the stitched shards into the files of the table, verifies them against the ledger, and switches them in as one step. Whatever it
 * throws before the switch leaves the former table as it was: `LEDGER_IMBALANCE`, `PREDICTIONS_INCOMPATIBLE`, `STORAGE_FAILED`,
 * `OUTPUT_EXISTS`, `OUTPUT_SCHEMA_CHANGED`, `OUTPUT_UNWRITABLE`, `OUTPUT_BUSY`.
 */
export async function publishTable(publication: Publication, tools: PublishTools): Promise<PublishedTable> {
  const { output, lock } = tools;
  checkLedger(publication);
  await output.check(publication);
  const partitions = plannedPartitions(publication);
  const folders = new Set(partitions.map(({ folder }) => folder));
  const contract = tableContract(output.location, await output.manifest(), publication, folders);
  const schema = await agreedSchema(publication, contract, tools.findLossyCasts);
  const staging = await output.stage(publication.runId, tools.signal);
  try {
    const files = await compactAll(publication, partitions, schema, staging, tools);
    checkFiles(partitions, files, publication.scoredRows);
    await tools.beforeSwitch?.();
    const manifest = await staging.switchIn(publication, files, schema, lock);
    return {
      path: output.location,
      rows: publication.scoredRows,
      files: files.length,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      partitions: partitions.map(({ folder }) => folder).filter((folder) => folder !== ""),
      manifest,
    };
  } catch (thrown) {
    await staging.discard().catch(() => undefined);
    throw thrown;
  }
}

/** The columns to write: those of the shards, or if files of other runs stay in the table, its own. */
async function agreedSchema(
  publication: Publication,
  contract: TableContract | null,
  findLossyCasts: FindLossyCasts | undefined,
): Promise<TableColumn[]> {
  if (contract === null) {
    const now = tableSchema(publication);
    if (findLossyCasts !== undefined) await assertUnrounded(publication.shards, now, findLossyCasts);
    return now.map((column) => ({ ...column, type: settleType(column.type) }));
  }
  const { unanswered = false, prefix = "" } = publication;
  const shards = publication.shards.map((shard) => ({
    ...shard,
    schema: inTableTypes(shard.schema, contract.columns),
  }));
  const now = tableSchema({ ...publication, shards });
  const known = unanswered ? now.filter(({ role }) => role !== "prediction") : now;
  const mayLack = unanswered ? "predictions" : "none";
  const comparison = compareColumns(contract, known, mayLack);
  assertSameColumns(contract, comparison);
  const names = new Set(known.map(({ name }) => name));
  for (const { path, rows, schema } of stitchedFiles(shards)) {
    const written = schema.filter(({ name }) => names.has(name));
    const { casts } = compareColumns(contract, written, "all");
    await assertExactCasts(
      contract,
      { ...comparison, casts },
      { path, rows, columns: known, prefix },
      findLossyCasts ?? rejectUnread,
    );
  }
  return [...comparison.columns];
}

const rejectUnread: FindLossyCasts = async ({ casts }) => casts.map(({ column }) => ({ column, value: null }));

/** One schema over all shards, reduced to what is to be written. */
function tableSchema({ shards, emptySchema, columns, partitionBy, sourceColumns }: Publication): TableColumn[] {
  const unified = unifyShards(
    shards.map(({ shard, schema }) => ({ name: `shard ${shard}`, columns: schema })),
    emptySchema,
  );
  const kept = columns === undefined ? null : new Set([...columns, ...partitionBy]);
  const source = sourceColumns === undefined ? null : new Set(sourceColumns);
  return unified
    .filter(({ name }) => kept === null || kept.has(name))
    .map(({ name, type }) => ({
      name,
      type,
      ...(source === null ? {} : { role: source.has(name) ? "source" : "prediction" }),
    }));
}

/** A table without partitions is one partition, also when it is empty. */
function plannedPartitions({ shards, partitionBy }: Publication): PlannedPartition[] {
  const partitions = collectPartitions(shards, partitionBy);
  return partitions.length === 0 && partitionBy.length === 0
    ? [{ folder: "", values: [], rows: 0, runs: [] }]
    : partitions;
}

async function compactAll(
  publication: Publication,
  partitions: readonly PlannedPartition[],
  schema: readonly TypedColumn[],
  { folder: staging, add }: Staging,
  tools: PublishTools,
): Promise<StagedFile[]> {
  const { shards, partitionBy } = publication;
  const bytesPerRow = await fileBytesPerRow(shards);
  const maxRows = Math.min(GROUP_ROWS, Math.ceil(GROUP_BYTES / memoryPerRow(schema, bytesPerRow)));
  const columns = schema.filter(({ name }) => !partitionBy.includes(name));
  const rowsPerFile = Math.max(1, Math.floor(FILE_BYTES / Math.max(1, bytesPerRow)));
  const merged = isScattered(shards, partitions.length) || isFinelyCut(shards, Math.max(maxRows, rowsPerFile));
  const sources = merged ? await mergeAll(publication, columns, maxRows, staging, tools) : shards;
  const groups = groupPartitions(merged ? collectPartitions(sources, partitionBy) : partitions, maxRows);
  const task = taskMaker(publication, sources, columns, staging, rowsPerFile);
  let rows = 0;
  const staged = await inTurn(groups, tools, async (group) => {
    const files = await tools.compact(task(group));
    rows += files.reduce((sum, file) => sum + file.rows, 0);
    tools.onProgress?.(rows);
    const added = files.map((file) => stagedFile(file, group, partitionBy));
    for (const file of added) await add(file);
    return added;
  });
  if (merged) await rm(dirname(mergeFolder(staging, 0)), { recursive: true, force: true });
  return staged.flat();
}

async function mergeAll(
  { shards, partitionBy }: Publication,
  columns: readonly TypedColumn[],
  maxRows: number,
  staging: string,
  tools: PublishTools,
): Promise<StitchedShard[]> {
  const batches = batchShards(shards, maxRows).map((batch, index) => ({ batch, folder: mergeFolder(staging, index) }));
  return inTurn(batches, tools, async ({ batch, folder }) => {
    const { task, merged } = mergeTask(batch, partitionBy, columns, folder);
    const [file] = await tools.compact(task);
    return merged(file as CompactedFile);
  });
}

/** A few at a time; answers in the order of the items. */
async function inTurn<Item, Answer>(
  items: readonly Item[],
  { concurrency = 2, signal }: PublishTools,
  act: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      signal?.throwIfAborted();
      answers[index] = await act(items[index] as Item);
    }
  };
  await settled(Array.from({ length: concurrency }, work));
  return answers;
}

/** Waits for all workers, so that none still writes when the staging folder is dropped; then throws the first failure. */
async function settled(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function taskMaker(
  { format, escapeFormulas = false }: Publication,
  shards: readonly StitchedShard[],
  columns: readonly TypedColumn[],
  staging: string,
  rowsPerFile: number,
): (group: PartitionGroup) => CompactionTask {
  const { schemas, numberOf } = distinctSchemas(shards);
  return (group) => ({
    format,
    escapeFormulas,
    columns,
    schemas,
    ...sliceGroup(group, shards, numberOf, ({ folder }) => join(staging, folder)),
    inMemory: group.inMemory,
    forSlicing: false,
    rowsPerFile,
    bytesPerFile: FILE_BYTES,
  });
}

function stagedFile(file: CompactedFile, group: PartitionGroup, partitionBy: readonly string[]): StagedFile {
  const { folder, values } = group.partitions[file.partition] as PlannedPartition;
  const partition = Object.fromEntries(partitionBy.map((name, index) => [name, values[index] || null]));
  return { path: file.path, folder, partition, rows: file.rows, bytes: file.bytes };
}

async function fileBytesPerRow(shards: readonly StitchedShard[]): Promise<number> {
  let bytes = 0;
  let rows = 0;
  for (const file of stitchedFiles(shards)) {
    const found = await stat(file.path).catch((thrown: unknown) => {
      throw storageError(file.path, "read", thrown);
    });
    bytes += found.size;
    rows += file.rows;
  }
  return rows === 0 ? 1 : bytes / rows;
}

function checkLedger({ shards, scoredRows }: Publication): void {
  let total = 0;
  for (const { shard, rows, partitions } of shards) {
    const found = partitions.reduce((sum, run) => sum + run.rows, 0);
    if (found !== rows) throw imbalance(`Shard ${shard} has ${rows} rows, its partitions hold ${found}`, { shard });
    total += rows;
  }
  if (total !== scoredRows) throw imbalance(`The ledger counts ${scoredRows} scored rows, the shards hold ${total}`);
}

function checkFiles(partitions: readonly PlannedPartition[], files: readonly StagedFile[], scoredRows: number): void {
  const written = new Map<string, number>();
  for (const { folder, rows } of files) written.set(folder, (written.get(folder) ?? 0) + rows);
  for (const { folder, rows } of partitions) {
    const found = written.get(folder) ?? 0;
    if (found !== rows)
      throw imbalance(`Partition ${folder || "(the whole table)"} has ${rows} rows, its files ${found}`);
  }
  const total = files.reduce((sum, file) => sum + file.rows, 0);
  if (total !== scoredRows) throw imbalance(`The ledger counts ${scoredRows} scored rows, the files hold ${total}`);
}

function imbalance(what: string, facts: { shard?: number } = {}): ScoreframeError {
  return new ScoreframeError(
    "LEDGER_IMBALANCE",
    `${what}. Nothing was published; run the job again, and report it if it happens twice.`,
    { operation: "publish", ...facts },
  );
}

import type { TableFormat } from "../domain/compaction-task.ts";
import type { TableColumn, TableManifest } from "../domain/table-manifest.ts";

export type IfExists = "error" | "overwrite_partitions" | "append";

/** What a run is about to do to a table. */
export type OutputIntent = {
  readonly runId: string;
  readonly job: string;
  readonly ifExists: IfExists;
  readonly format: TableFormat;
  readonly partitionBy: readonly string[];
  /** Whether columns that are new or gone change the columns of the table. @default "strict" */
  readonly schema?: "strict" | "evolve";
};

/** The right to change a table. Held from before a run spends anything until it has published. */
export type OutputLock = {
  readonly runId: string;
  /** Aborts, with the error as its reason, when the lock is another run's or could not be renewed for long: the holder must stop. */
  readonly lost: AbortSignal;
  /** Throws `OUTPUT_BUSY` if another run has taken the output over, because this process was stopped for long. */
  verify(): Promise<void>;
  release(): Promise<void>;
};

export type LockOptions = {
  /** How long to wait for a run that holds the table. @default 0 */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
  /** Called with the holder, in words, when it is waited for. */
  readonly onWait?: (holder: string) => void;
};

/** What a repair found. */
export type TableRepair = {
  readonly path: string;
  /** Version of the manifest; null if nothing was ever published. */
  readonly version: number | null;
  /** Publications that were cut off after their manifest was written, and are complete now. */
  readonly completed: number;
  /** Publications that were cut off before, and of which nothing is left. */
  readonly rolled_back: number;
  /** Files of the table that globs did not find, and find again. */
  readonly restored: number;
  /** Files of a former version that globs still found. */
  readonly removed: number;
};

/** A file that is written and verified, but not yet part of the table. */
export type StagedFile = {
  /** Absolute local path, inside the folder of its staging. */
  readonly path: string;
  /** Folder of its partition below the table: `ds=2001-01-01`; empty without partitions. */
  readonly folder: string;
  readonly partition: Readonly<Record<string, string | null>>;
  readonly rows: number;
  readonly bytes: number;
};

/** Where a table is published. */
export type TableOutput = {
  /** As a person would write it: a path or a URL, without credentials. */
  readonly location: string;
  /** Rejects early and cheaply what could not be published: `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`. Changes nothing. */
  check(intent: OutputIntent): Promise<void>;
  /** Bytes that the names of a partition's folders may have in all, the slashes between them included. */
  partitionRoom(runId: string): number;
  /** What the table is now; null if nothing was ever published. */
  manifest(): Promise<TableManifest | null>;
  /** Takes the output for a run, and completes a switch that a crash has cut off. `OUTPUT_BUSY` if a living run holds it. */
  lock(runId: string, options?: LockOptions): Promise<OutputLock>;
  /** Makes room for the files of a run, whose lock is held. A signal that aborts ends what is going on before the switch. */
  stage(runId: string, signal?: AbortSignal): Promise<Staging>;
  /**
   * Completes or rolls back publications that were cut off, and makes globs find what the manifest lists. `TABLE_NOT_FOUND` if there is no table,
   * `OUTPUT_BUSY` if a living run holds it, `STORAGE_FAILED` if files are missing under both of their names.
   */
  repair(options?: LockOptions): Promise<TableRepair>;
};

/** The files of one publication, from their writing on this machine to the switch. */
export type Staging = {
  /** An empty local folder in which the files are written. */
  readonly folder: string;
  /** Takes a file that is whole; it may leave this machine. Resolves when there is room for the next. */
  add(file: StagedFile): Promise<void>;
  /** Makes the files, all of which were added, part of the table at once; nothing happens if it throws before that moment. */
  switchIn(
    intent: OutputIntent,
    files: readonly StagedFile[],
    schema: readonly TableColumn[],
    lock: OutputLock,
  ): Promise<TableManifest>;
  /** Drops what was staged and not switched in. */
  discard(): Promise<void>;
};

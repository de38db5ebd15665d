import type { TableFormat } from "../frames/compaction-task.ts";
import type { TableColumn, TableManifest } from "../pipeline/table-manifest.ts";

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
  /** Throws `OUTPUT_BUSY` where another run has taken the output over, because this process was stopped for long. */
  verify(): Promise<void>;
  release(): Promise<void>;
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
  /** Refuses early and cheaply what could not be published: `OUTPUT_EXISTS`, `OUTPUT_UNWRITABLE`. Changes nothing. */
  check(intent: OutputIntent): Promise<void>;
  /** What the table is now; null if nothing was ever published. */
  manifest(): Promise<TableManifest | null>;
  /** Takes the output for a run, and completes a switch that a crash has cut off. `OUTPUT_BUSY` where a living run holds it. */
  lock(runId: string): Promise<OutputLock>;
  /** Makes room for the files of a run, whose lock is held. A signal that aborts ends what is going on before the switch. */
  stage(runId: string, signal?: AbortSignal): Promise<Staging>;
};

/** The files of one publication, from their writing on this machine to the switch. */
export type Staging = {
  /** An empty local folder in which the files are written. */
  readonly folder: string;
  /** Takes a file that is whole; it may leave this machine. Resolves when there is room for the next. */
  add(file: StagedFile): Promise<void>;
  /** Makes the files, all of which were added, part of the table at once; nothing happens where it throws before that moment. */
  switchIn(
    intent: OutputIntent,
    files: readonly StagedFile[],
    schema: readonly TableColumn[],
    lock: OutputLock,
  ): Promise<TableManifest>;
  /** Drops what was staged and not switched in. */
  discard(): Promise<void>;
};

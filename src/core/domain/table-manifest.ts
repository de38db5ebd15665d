import type { TableFormat } from "./compaction-task.ts";
import type { TypedColumn } from "./types/column-type.ts";

/** `_manifest.json`: which files are the table now. Public; described in docs/reference/output.md. */
export type TableManifest = {
  readonly format_version: 1;
  /** Counts the publications of this table, from 1. */
  readonly version: number;
  /** The run that published last. */
  readonly run_id: string;
  /** Name of this publication below `_scoreframe/`; absent in what version 0.1.0 wrote. */
  readonly publication?: string | undefined;
  readonly job: string;
  /** ISO 8601, UTC. */
  readonly published_at: string;
  readonly format: TableFormat;
  readonly partition_by: readonly string[];
  /** The columns of the whole table, partition columns included, types in Polars' spelling. Runs that add to the table are held to it. */
  readonly schema: readonly TableColumn[];
  /** Totals over `files`. */
  readonly rows: number;
  readonly bytes: number;
  readonly files: readonly ManifestFile[];
  /** Files of the former version that this one does not have. Their snapshots are kept until the next publication. */
  readonly retired?: readonly Pick<ManifestFile, "path" | "snapshot_path">[] | undefined;
};

export type TableColumn = TypedColumn & {
  /** Where its values are from; absent in tables that an older version wrote. */
  readonly role?: "source" | "prediction" | undefined;
  /** The version of the table that added it: files that are older do not have the column, and read as null. Absent if all have it. */
  readonly added_in?: number | undefined;
};

export type ManifestFile = {
  /** Where globs find the file; relative to the manifest, separated by `/`. */
  readonly path: string;
  /** The same bytes under a name that no glob finds, kept until the publication after the next, so that a switch does not disturb readers. */
  readonly snapshot_path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Partition values as text, by column; null for null. */
  readonly partition: Readonly<Record<string, string | null>>;
  /** The run that wrote the file. */
  readonly run_id: string;
};

import { randomUUID } from "node:crypto";
import type { TableManifest } from "../../core/domain/table-manifest.ts";

// Names below a table, wherever it is; parts separated by `/`.

/** Beside the partitions; engines ignore names that begin with `_`. */
export const MANIFEST = "_manifest.json";
/** Holds the lock, the journals and the snapshots. */
export const STORE = "_scoreframe";
export const LOCK = `${STORE}/lock.json`;
/** Holds a journal for each publication that has begun and not ended. */
export const JOURNALS = `${STORE}/switch`;
/** The one journal of a table that version 0.1.0 wrote. */
export const OLD_JOURNAL = `${STORE}/switch.json`;

/** A new name for the files of one publication. No two writers share one, also if they have one run id and see the same version. */
export function newPublication(version: number, runId: string): string {
  return `v${version}-${runId}-${randomUUID().slice(0, 8)}`;
}

export const PUBLICATION = /^v[1-9]\d*-[A-Za-z0-9][\w.-]*$/;

/** Folder of one publication's files. */
export function snapshotFolder(publication: string): string {
  return `${STORE}/${publication}`;
}

export function journalPath(publication: string): string {
  return `${JOURNALS}/${publication}.json`;
}

export function nextVersion(manifest: TableManifest | null): number {
  return (manifest?.version ?? 0) + 1;
}

/** Versions that have fewer digits are enough for a publication a second in thirty years. */
const VERSION_DIGITS = 9;

/** Bytes of a file's path below its table, the folders of its partition left out: the longer of those that globs find and of snapshots. */
export function longestNames(runId: string): number {
  const version = "9".repeat(VERSION_DIGITS);
  const snapshot = `/${STORE}/v${version}-${runId}-01234567//part-00000.parquet.data.incoming`;
  const visible = `//scoreframe_run_id=${runId}/part-00000-${runId}-v${version}.parquet`;
  return Math.max(Buffer.byteLength(snapshot), Buffer.byteLength(visible));
}

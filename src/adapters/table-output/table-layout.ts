import type { TableManifest } from "../../core/pipeline/table-manifest.ts";

// Names below a table, wherever it is; parts separated by `/`.

/** Beside the partitions; engines ignore names that begin with `_`. */
export const MANIFEST = "_manifest.json";
/** Holds the lock, the journal and the snapshots. */
export const STORE = "_scoreframe";
export const LOCK = `${STORE}/lock.json`;
export const JOURNAL = `${STORE}/switch.json`;

/** Folder of one publication's files. The version makes it new also where a run publishes twice. */
export function snapshotFolder(version: number, runId: string): string {
  return `${STORE}/v${version}-${runId}`;
}

/** The version of a snapshot's folder, by its name inside the store; null for everything else there. */
export function snapshotVersion(name: string): number | null {
  const digits = /^v(\d+)-/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function nextVersion(manifest: TableManifest | null): number {
  return (manifest?.version ?? 0) + 1;
}

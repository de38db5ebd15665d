import { join } from "node:path";
import type { TableManifest } from "../../core/pipeline/table-manifest.ts";

/** Beside the partitions; engines ignore names that begin with `_`. */
const MANIFEST = "_manifest.json";
/** Holds the lock, the journal and the snapshots. */
export const STORE = "_scoreframe";

export const manifestPath = (table: string): string => join(table, MANIFEST);
export const storePath = (table: string): string => join(table, STORE);
export const lockPath = (table: string): string => join(table, STORE, "lock.json");
export const journalPath = (table: string): string => join(table, STORE, "switch.json");

/** Folder of one publication's files, relative to the table. The version makes it new also where a run publishes twice. */
export function snapshotFolder(version: number, runId: string): string {
  return `${STORE}/v${version}-${runId}`;
}

export function nextVersion(manifest: TableManifest | null): number {
  return (manifest?.version ?? 0) + 1;
}

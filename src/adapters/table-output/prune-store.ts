import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { STORE } from "./table-layout.ts";

/** Removes the snapshots that no reader may still be reading, and the folders that this empties. `keep`: paths relative to the table. */
export async function pruneStore(table: string, keep: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(join(table, STORE), { withFileTypes: true })) {
    if (entry.isDirectory()) await pruneFolder(table, `${STORE}/${entry.name}`, keep);
  }
}

async function pruneFolder(table: string, folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const entry of await readdir(join(table, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await pruneFolder(table, path, keep);
    else if (!keep.has(path)) await rm(join(table, path), { force: true });
  }
  await rmdir(join(table, folder)).catch(() => undefined);
}

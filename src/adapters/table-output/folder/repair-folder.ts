import { rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { OutputLock, TableRepair } from "../../../core/ports/table-output.ts";
import { hasCode, syncFolder } from "../../../core/util/atomic-file.ts";
import { filesLost, noTable } from "../output-errors.ts";
import type { TableFolder } from "./folder-switch.ts";
import { recover, restore } from "./folder-switch.ts";
import type { InsideTable } from "./inside-table.ts";
import { createInsideTable } from "./inside-table.ts";
import { readManifest } from "./read-manifest.ts";

/** Completes or rolls back what was cut off, and compares every file of the table with the manifest. May be repeated. */
export async function repairFolder(
  folder: TableFolder,
  path: string,
  take: () => Promise<OutputLock>,
): Promise<TableRepair> {
  const { table } = folder;
  // Taking the lock makes the folder.
  if ((await sizeOf(table)) === null) throw noTable(path);
  const inside = createInsideTable(table);
  const lock = await take();
  try {
    const { completed, rolledBack } = await recover(folder);
    const manifest = await readManifest(table);
    if (manifest === null && completed + rolledBack === 0) throw noTable(path);
    const lost: string[] = [];
    let restored = 0;
    for (const file of manifest?.files ?? []) {
      if ((await sizeOf(await inside(file.path))) === file.bytes) continue;
      if ((await sizeOf(await inside(file.snapshot_path))) !== file.bytes) lost.push(file.path);
      else if (await restore(folder, file, inside)) restored += 1;
      if (folder.durable) await syncFolder(dirname(await inside(file.path))).catch(() => undefined);
    }
    const removed = await removeRetired(manifest?.retired ?? [], inside);
    if (lost.length > 0) throw filesLost(path, lost);
    return { path, version: manifest?.version ?? null, completed, rolled_back: rolledBack, restored, removed };
  } finally {
    await lock.release();
  }
}

async function removeRetired(retired: readonly { readonly path: string }[], inside: InsideTable): Promise<number> {
  let removed = 0;
  for (const { path } of retired) {
    const absolute = await inside(path);
    if ((await sizeOf(absolute)) === null) continue;
    await rm(absolute, { force: true });
    removed += 1;
  }
  return removed;
}

/** Null if it is not there. */
async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    (thrown: unknown) => {
      if (hasCode(thrown, "ENOENT", "ENOTDIR")) return null;
      throw thrown;
    },
  );
}

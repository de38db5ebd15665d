import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import type { ObjectStore } from "../../../core/ports/object-store.ts";
import type { OutputLock, TableRepair } from "../../../core/ports/table-output.ts";
import { mapConcurrently } from "../../../core/util/map-concurrently.ts";
import { filesLost, noTable } from "../output-errors.ts";
import { STORE } from "../table-layout.ts";
import { readStoredManifest } from "./check-objects.ts";
import { completeObjectSwitches, removeCutOff } from "./object-switch.ts";

const OBJECTS_AT_A_TIME = 16;

/** Completes or rolls back what was cut off, and compares every object of the table with the manifest. May be repeated. */
export async function repairObjects(store: ObjectStore, take: () => Promise<OutputLock>): Promise<TableRepair> {
  const path = store.location;
  if ((await readStoredManifest(store)) === null && !(await isAnythingBelow(store, `${STORE}/`))) throw noTable(path);
  const lock = await take();
  try {
    const completed = await completeObjectSwitches(store);
    const rolled_back = await removeCutOff(store);
    const manifest = (await readStoredManifest(store))?.manifest ?? null;
    const restored = await restoreObjects(store, manifest);
    const removed = await removeRetired(store, manifest);
    return { path, version: manifest?.version ?? null, completed, rolled_back, restored, removed };
  } finally {
    await lock.release();
  }
}

async function restoreObjects(store: ObjectStore, manifest: TableManifest | null): Promise<number> {
  const found = mapConcurrently(manifest?.files ?? [], OBJECTS_AT_A_TIME, async (file) => {
    if ((await store.head(file.path))?.bytes === file.bytes) return "whole";
    if ((await store.head(file.snapshot_path))?.bytes !== file.bytes) return file;
    await store.copy(file.snapshot_path, file.path);
    return "restored";
  });
  const lost: string[] = [];
  let restored = 0;
  for await (const each of found) {
    if (each === "restored") restored += 1;
    else if (each !== "whole") lost.push(each.path);
  }
  if (lost.length > 0) throw filesLost(store.location, lost);
  return restored;
}

async function removeRetired(store: ObjectStore, manifest: TableManifest | null): Promise<number> {
  const present: string[] = [];
  const looked = mapConcurrently(manifest?.retired ?? [], OBJECTS_AT_A_TIME, ({ path }) => store.head(path));
  for await (const object of looked) if (object !== null) present.push(object.key);
  await store.remove(present);
  return present.length;
}

async function isAnythingBelow(store: ObjectStore, prefix: string): Promise<boolean> {
  for await (const _ of store.list(prefix)) return true;
  return false;
}

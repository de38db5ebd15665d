import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import type { ObjectStore } from "../../../core/ports/object-store.ts";
import type { OutputIntent } from "../../../core/ports/table-output.ts";
import { mapConcurrently } from "../../../core/util/map-concurrently.ts";
import { isFolderMarker } from "../../object-store/folder-marker.ts";
import { parseManifest } from "../manifest-record.ts";
import { checkSameTable, foreignFiles, isPassedOver, namesOfTable } from "../output-errors.ts";
import { MANIFEST } from "../table-layout.ts";

/** Partitions that are listed at a time. */
const LISTINGS_AT_A_TIME = 16;

/** The manifest and what a write must find unchanged to replace it; null if nothing was ever published. */
export type StoredManifest = { readonly manifest: TableManifest; readonly etag: string } | null;

export async function readStoredManifest(store: ObjectStore): Promise<StoredManifest> {
  const found = await store.readText(MANIFEST);
  return found === null ? null : { manifest: parseManifest(store.locate(MANIFEST), found.text), etag: found.etag };
}

/** Throws `OUTPUT_EXISTS` for an output that this run must not change. Reads names only, and changes nothing. */
export async function checkObjects(store: ObjectStore, intent: OutputIntent): Promise<StoredManifest> {
  const found = await readStoredManifest(store);
  if (found === null) await checkEmpty(store);
  else checkSameTable(store.location, found.manifest, intent);
  return found;
}

/** Throws `OUTPUT_EXISTS` if the partitions that are about to be replaced have objects of others. */
export async function checkForeignObjects(
  store: ObjectStore,
  folders: Iterable<string>,
  manifest: TableManifest | null,
): Promise<void> {
  const ours = namesOfTable(manifest);
  const prefixes = [...folders].map((folder) => (folder === "" ? "" : `${folder}/`));
  const foreign = mapConcurrently(prefixes, LISTINGS_AT_A_TIME, async (prefix) => {
    for await (const object of store.list(prefix)) {
      const { key } = object;
      const hidden = key
        .slice(prefix.length)
        .split("/")
        .some((part) => /^[._]/.test(part));
      if (!hidden && !ours.has(key) && !isFolderMarker(object)) return key;
    }
    return null;
  });
  for await (const key of foreign) if (key !== null) throw foreignFiles(store.location, [key]);
}

async function checkEmpty(store: ObjectStore): Promise<void> {
  const foreign: string[] = [];
  for await (const object of store.list("")) {
    if (!isHidden(object.key) && !isFolderMarker(object)) foreign.push(object.key);
    // Of a bucket full of other things, a few names are enough.
    if (foreign.length > 3) break;
  }
  if (foreign.length > 0) throw foreignFiles(store.location, foreign);
}

function isHidden(key: string): boolean {
  return key.split("/").some(isPassedOver);
}

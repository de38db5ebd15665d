import { closest } from "fastest-levenshtein";
import type { TableManifest } from "../../../../core/domain/table-manifest.ts";
import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { ObjectStore, StoredObject } from "../../../../core/ports/object-store.ts";
import { isFolderMarker } from "../../../object-store/folder-marker.ts";
import { MANIFEST, STORE } from "../../../table-output/table-layout.ts";
import { aboveKeyedFolders } from "../hive/hive-columns.ts";
import { rejectLakeAbove, rejectLakeKey } from "../lake/lake-objects.ts";
import { publishedFiles, publishedTable } from "../published-table.ts";
import { COMMIT_MARKER, rejectUncommitted } from "./commit-markers.ts";
import { EVERY_FILE, globSelection } from "./file-selection.ts";
import { isGlob } from "./glob-pattern.ts";
import type { Nearest } from "./table-not-found.ts";
import { tableHasNoFiles, tableNotFound } from "./table-not-found.ts";

/** The objects of a table, in the order in which they are read. */
export type FoundObjects = {
  readonly objects: readonly StoredObject[];
  /** Beginning of every key, after which folders may be named `key=value`; ends with `/` or is empty. */
  readonly root: string;
  /** The manifest of a table that scoreframe wrote. */
  readonly published?: TableManifest | undefined;
};

/** Names of neighbours that are looked at to find out which was meant. */
const NEIGHBOURS = 1000;

/** Finds what a key names, as on a disk: an object, all objects below it, or what a glob matches. `hive`: whether the key itself names partitions. */
export async function findObjects(
  store: ObjectStore,
  table: string,
  key: string,
  hive: boolean,
  signal: AbortSignal,
): Promise<FoundObjects> {
  const found = await objectsOf(store, table, key, signal);
  await rejectLakeAbove(store, table, found.root, signal);
  return hive ? { ...found, root: aboveKeyedFolders(found.root) } : found;
}

async function objectsOf(store: ObjectStore, table: string, key: string, signal: AbortSignal): Promise<FoundObjects> {
  if (isGlob(key)) return matching(store, table, key, signal);
  const single = key === "" || key.endsWith("/") ? null : await headIfAllowed(store, key, signal);
  if (single !== null && "etag" in single) return { objects: [single], root: folderOf(key) };
  const root = key === "" || key.endsWith("/") ? key : `${key}/`;
  const isPart = (rest: string): boolean =>
    rest.split("/").every((_, index, names) => EVERY_FILE.isFile(names.slice(0, index + 1)));
  let objects = await collect(store, table, root, signal, () => true);
  const published = await findPublished(store, table, root, objects, signal);
  if (published !== undefined) return published;
  await rejectUncommittedObjects(store, table, objects, signal);
  objects = objects.filter(({ key: each }) => isPart(each.slice(root.length)));
  if (objects.length > 0) return { objects: objects.sort((a, b) => byNames(a.key, b.key)), root };
  if (single !== null && "denial" in single) throw single.denial;
  if (key === "") throw tableHasNoFiles(table, store.location);
  throw tableNotFound(table, store.locate(key), await nearest(store, key.replace(/\/$/, ""), signal));
}

/** The live objects below a key that has a manifest of ours. */
async function findPublished(
  store: ObjectStore,
  table: string,
  root: string,
  objects: readonly StoredObject[],
  signal: AbortSignal,
): Promise<FoundObjects | undefined> {
  const byName = new Map(objects.map((object) => [object.key.slice(root.length), object]));
  if (!byName.has(MANIFEST)) return undefined;
  const path = store.locate(root + MANIFEST);
  const stored = await store.readText(root + MANIFEST, signal);
  const hasStore = [...byName.keys()].some((name) => name.startsWith(`${STORE}/`));
  const published = stored === null ? undefined : publishedTable(table, path, stored.text, hasStore);
  if (published === undefined) return undefined;
  const names = publishedFiles(table, path, published, (name) => byName.has(name));
  return { objects: names.flatMap((name) => byName.get(name) ?? []), root, published };
}

async function rejectUncommittedObjects(
  store: ObjectStore,
  table: string,
  objects: readonly StoredObject[],
  signal: AbortSignal,
): Promise<void> {
  const nameOf = (key: string): string => key.slice(folderOf(key).length);
  const folders = new Set(objects.filter(({ key }) => COMMIT_MARKER.test(nameOf(key))).map(({ key }) => folderOf(key)));
  for (const folder of folders) {
    const names = objects.filter(({ key }) => folderOf(key) === folder).map(({ key }) => nameOf(key));
    const readText = async (name: string): Promise<string> => (await store.readText(folder + name, signal))?.text ?? "";
    await rejectUncommitted(table, store.locate(folder).replace(/\/$/, ""), names, readText);
  }
}

/** A user who may read what is below a prefix may not be allowed to read an object of the prefix's name. */
async function headIfAllowed(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<StoredObject | { readonly denial: unknown } | null> {
  try {
    return await store.head(key, signal);
  } catch (thrown) {
    if (ScoreframeError.is(thrown) && thrown.code === "AWS_ACCESS_DENIED") return { denial: thrown };
    throw thrown;
  }
}

async function matching(store: ObjectStore, table: string, key: string, signal: AbortSignal): Promise<FoundObjects> {
  const [fixed = ""] = key.split(/[*?[]/);
  const root = folderOf(fixed);
  const selection = globSelection(key.slice(root.length));
  const isPart = (rest: string): boolean =>
    fixed + rest === key || selection.isFile((fixed + rest).slice(root.length).split("/"));
  const objects = await collect(store, table, fixed, signal, isPart);
  // A name with glob characters is the object of that name if it exists.
  const exact = objects.filter((object) => object.key === key);
  if (objects.length === 0) throw tableHasNoFiles(table, store.locate(key));
  return { objects: exact.length > 0 ? exact : objects, root: exact.length > 0 ? folderOf(key) : root };
}

/** `isPart` is given what comes after the prefix. */
async function collect(
  store: ObjectStore,
  table: string,
  prefix: string,
  signal: AbortSignal,
  isPart: (rest: string) => boolean,
): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix, signal)) {
    rejectLakeKey(store, table, prefix, object.key);
    if (!isFolderMarker(object) && isPart(object.key.slice(prefix.length))) objects.push(object);
  }
  return objects;
}

async function nearest(store: ObjectStore, key: string, signal: AbortSignal): Promise<Nearest> {
  const folder = folderOf(key);
  const names = new Set<string>();
  for await (const object of store.list(folder, signal)) {
    const [name = ""] = object.key.slice(folder.length).split("/");
    if (name !== "" && !name.startsWith(".")) names.add(name);
    if (names.size === NEIGHBOURS) break;
  }
  if (names.size === 0) return { text: `There is nothing below ${store.locate(folder)}: correct the path.` };
  const path = store.locate(folder + closest(key.slice(folder.length), [...names]));
  return { text: `The nearest name there is ${path}: correct the path.`, path };
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/** As the files of folders in folders are read: name by name. */
function byNames(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [one = "", other = ""] = [left[index], right[index]];
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}

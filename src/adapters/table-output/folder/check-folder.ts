import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import type { OutputIntent } from "../../../core/ports/table-output.ts";
import { hasCode } from "../../../core/util/atomic-file.ts";
import { checkSameTable, foreignFiles, isPassedOver, namesOfTable, unwritable } from "../output-errors.ts";
import { checkStoreIsNoLink } from "./inside-table.ts";
import { readManifest } from "./read-manifest.ts";

/** Throws `OUTPUT_UNWRITABLE` or `OUTPUT_EXISTS` for an output that this run cannot or must not change. Reads names only, and changes nothing. */
export async function checkFolder(table: string, intent: OutputIntent): Promise<TableManifest | null> {
  await checkWritable(table);
  await checkStoreIsNoLink(table);
  const manifest = await readManifest(table);
  if (manifest === null) await checkEmpty(table);
  else checkSameTable(table, manifest, intent);
  return manifest;
}

/** Throws `OUTPUT_EXISTS` if the partitions that are about to be replaced have files of others. */
export async function checkForeignFiles(
  table: string,
  folders: Iterable<string>,
  manifest: TableManifest | null,
): Promise<void> {
  const ours = namesOfTable(manifest);
  for (const folder of folders) {
    for (const name of await namesIn(join(table, folder))) {
      if (isPassedOver(name) || ours.has(folder === "" ? name : `${folder}/${name}`)) continue;
      throw foreignFiles(table, [join(folder, name)]);
    }
  }
}

async function checkWritable(table: string): Promise<void> {
  try {
    const found = await existing(table);
    if (!(await stat(found)).isDirectory()) throw new Error(`${found} is a file`);
    await access(found, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritable(table, cause);
  }
}

/** The path itself, or the nearest folder above it that exists. */
async function existing(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (thrown) {
    // ENOTDIR: one of the folders above is a file.
    if (!hasCode(thrown, "ENOENT", "ENOTDIR") || dirname(path) === path) throw thrown;
    return existing(dirname(path));
  }
}

async function checkEmpty(table: string): Promise<void> {
  const names = (await namesIn(table)).filter((name) => !isPassedOver(name));
  if (names.length > 0) throw foreignFiles(table, names);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) return [];
    throw unwritable(folder, thrown);
  }
}

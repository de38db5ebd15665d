import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { rejectUncommitted } from "../find/commit-markers.ts";
import type { LakeKind } from "./lake-tables.ts";
import { ICEBERG_LOG, isLakeTable, LAKE_LOGS, lakeOfFolder, lakeOfMetadata } from "./lake-tables.ts";

/** Rejects a path that is, or is inside, a part of a lake's table: one of the folders above it has the table's log. */
export async function rejectLakeAbove(table: string, path: string): Promise<void> {
  const real = await realpath(path);
  const itself = (await stat(real)).isDirectory() ? lakeOfFolder(basename(real)) : undefined;
  if (itself !== undefined) throw isLakeTable(table, path, itself, real);
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    for (const log of LAKE_LOGS) await rejectLog(table, path, join(folder, log), lakeOfFolder(log));
    await rejectIceberg(table, path, join(folder, ICEBERG_LOG));
    const kind = lakeOfFolder(basename(folder));
    if (kind !== undefined) throw isLakeTable(table, path, kind, folder);
    if (folder === dirname(folder)) return;
  }
}

/** Rejects a folder that is a lake's table. */
export async function rejectLakeIn(table: string, folder: string, entries: readonly Dirent[]): Promise<void> {
  for (const entry of entries) {
    if (!entry.isDirectory() && !entry.isSymbolicLink()) continue;
    await rejectLog(table, folder, join(folder, entry.name), lakeOfFolder(entry.name));
    if (entry.name === ICEBERG_LOG) await rejectIceberg(table, folder, join(folder, entry.name));
  }
  const names = entries.map((entry) => entry.name);
  await rejectUncommitted(table, folder, names, (name) => readFile(join(folder, name), "utf8"));
}

async function rejectLog(table: string, path: string, log: string, kind: LakeKind | undefined): Promise<void> {
  if (kind === undefined) return;
  const found = await stat(log).catch(() => undefined);
  if (found?.isDirectory()) throw isLakeTable(table, path, kind, log);
}

async function rejectIceberg(table: string, path: string, log: string): Promise<void> {
  const names = await readdir(log).catch(() => []);
  const kind = names.map(lakeOfMetadata).find((each) => each !== undefined);
  if (kind !== undefined) throw isLakeTable(table, path, kind, log);
}

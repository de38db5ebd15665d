import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isGlob } from "./glob-pattern.ts";
import { isHidden } from "./hidden-names.ts";
import { tableUnreadable } from "./table-error.ts";
import { fileNotFound, tableHasNoFiles } from "./table-not-found.ts";

/** The files of one table, absolute and in the order in which they are read (by name). */
export type TableFiles = {
  readonly files: readonly string[];
  /** The path as given, absolute, or the address. */
  readonly path: string;
  /** Whether folders between the path's fixed part and the files are named `key=value`. */
  readonly keyed: boolean;
};

/** Lists the files matching a glob; its fixed part is a path like any other. */
export type ListGlob = (absoluteGlob: string) => Promise<readonly string[]>;

/** Finds what a path stands for: a file, all files of a folder, or what a glob matches. */
export async function findTableFiles(
  table: string,
  givenPath: string,
  baseDirectory: string,
  listGlob: ListGlob,
): Promise<TableFiles> {
  refuseRemote(table, givenPath);
  const path = resolve(baseDirectory, givenPath);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return { files: [path], path, keyed: false };
  if (found?.isDirectory()) return listed(table, path, path, await filesBelow(path));
  if (!isGlob(givenPath)) throw await fileNotFound(table, path);
  const fixed = givenPath.split(/[*?[]/)[0] ?? "";
  const root = resolve(baseDirectory, fixed === "" || fixed.endsWith("/") ? fixed : dirname(fixed));
  const pattern = join(escapeGlob(root), relativeGlob(givenPath, fixed));
  return listed(table, path, root, await listGlob(pattern));
}

/** A path as DuckDB takes it literally. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

function relativeGlob(givenPath: string, fixed: string): string {
  return givenPath.slice(fixed.lastIndexOf("/") + 1);
}

function listed(table: string, path: string, root: string, files: readonly string[]): TableFiles {
  if (files.length === 0) throw tableHasNoFiles(table, path);
  const keyed = files.some((file) =>
    relative(root, dirname(file))
      .split(sep)
      .some((part) => /^[^=]+=/.test(part)),
  );
  return { files, path, keyed };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter((entry) => !isHidden(entry.name)).sort(byName);
  const lists = await Promise.all(visible.map((entry) => filesOf(join(folder, entry.name), entry)));
  return lists.flat();
}

async function filesOf(path: string, entry: Dirent): Promise<string[]> {
  const folder = entry.isSymbolicLink() ? (await stat(path)).isDirectory() : entry.isDirectory();
  return folder ? filesBelow(path) : [path];
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

/** The address is not repeated: it may hold a credential. */
function refuseRemote(table: string, path: string): void {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  if (scheme === undefined) return;
  const message = `${scheme}:// paths are not read by this source. Copy the data to this machine and give its path`;
  throw tableUnreadable(table, undefined, message);
}

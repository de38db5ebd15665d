import { lstat, readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { TableManifest } from "../../../../core/domain/table-manifest.ts";
import { hasCode } from "../../../../core/util/atomic-file.ts";
import { mapConcurrently } from "../../../../core/util/map-concurrently.ts";
import { MANIFEST, STORE } from "../../../table-output/table-layout.ts";
import { aboveKeyedFolders } from "../hive/hive-columns.ts";
import { rejectLakeAbove } from "../lake/lake-folders.ts";
import { publishedFiles, publishedTable } from "../published-table.ts";
import type { TableOptions } from "../table-definition.ts";
import { tableUnreadable } from "../table-error.ts";
import { EVERY_FILE, globSelection } from "./file-selection.ts";
import { isGlob } from "./glob-pattern.ts";
import { fileNotFound, tableHasNoFiles } from "./table-not-found.ts";
import { brokenLink, codeOf, walkFiles } from "./walk-files.ts";

const STATS_AT_A_TIME = 16;

/** The files of one table, absolute and in the order in which they are read (by name). */
export type TableFiles = {
  readonly files: readonly string[];
  /** The path as given, absolute, or the address. */
  readonly path: string;
  /** Beginning of every file's path, below which folders may be named `key=value`; ends with `/`. */
  readonly root: string;
  /** Files of a store may be here with their footers only. This fetches the rest; after it, the rows of all files can be read. */
  readonly loadRows: () => Promise<void>;
  /** The manifest of a table that scoreframe wrote: its files, and their columns and types. */
  readonly published?: TableManifest | undefined;
};

/** Finds what a path names: a file, all files of a folder, or what a glob matches. */
export async function findTableFiles(table: string, options: TableOptions, baseDirectory: string): Promise<TableFiles> {
  assertLocal(table, options.path);
  const path = resolve(baseDirectory, options.path);
  const found = await statIfPresent(table, path);
  const at = (root: string, files: readonly string[]): TableFiles => {
    if (files.length === 0) throw tableHasNoFiles(table, path);
    const below = root.endsWith("/") ? root : `${root}/`;
    return { files, path, root: options.hive ? aboveKeyedFolders(below) : below, loadRows: async () => undefined };
  };
  if (found?.isFile()) {
    await rejectLakeAbove(table, path);
    return at(dirname(path), [path]);
  }
  if (found?.isDirectory()) {
    await rejectLakeAbove(table, path);
    const published = await findPublished(table, path);
    if (published === undefined) return at(path, await walkFiles(table, path, EVERY_FILE));
    return { ...published, path, root: `${path}/`, loadRows: async () => undefined };
  }
  if (found !== undefined) throw tableUnreadable(table, path, "it is neither a file nor a folder. Correct the path");
  if (!isGlob(options.path)) throw await fileNotFound(table, path);
  const fixed = options.path.slice(0, options.path.search(/[*?[]/));
  const root = await globRoot(table, resolve(baseDirectory, fixed.slice(0, fixed.lastIndexOf("/") + 1)), path);
  const files = await walkFiles(table, root, globSelection(options.path.slice(fixed.lastIndexOf("/") + 1)));
  return at(root, files.sort());
}

/** The live files of a folder that has a manifest of ours. */
async function findPublished(
  table: string,
  folder: string,
): Promise<Pick<TableFiles, "files" | "published"> | undefined> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    if (hasCode(cause, "ENOENT")) return undefined;
    throw tableUnreadable(table, path, `the manifest cannot be read (${codeOf(cause)})`, cause);
  });
  if (text === undefined) return undefined;
  const published = publishedTable(table, path, text, (await statIfPresent(table, join(folder, STORE))) !== undefined);
  if (published === undefined) return undefined;
  const names = published.files.flatMap((file) => [file.path, file.snapshot_path]);
  const present = new Set<string>();
  const looked = mapConcurrently(names, STATS_AT_A_TIME, async (name) => {
    if ((await stat(join(folder, name)).catch(() => undefined))?.isFile()) present.add(name);
  });
  for await (const _ of looked);
  const files = publishedFiles(table, path, published, (name) => present.has(name));
  return { files: files.map((file) => join(folder, file)), published };
}

/** A path as DuckDB takes it literally. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

/** The folder that a glob begins in: what comes before its first name with a wildcard. */
async function globRoot(table: string, root: string, glob: string): Promise<string> {
  const found = await statIfPresent(table, root);
  if (!found?.isDirectory()) throw tableHasNoFiles(table, glob);
  await rejectLakeAbove(table, root);
  return root;
}

async function statIfPresent(table: string, path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (cause) {
    const link = await lstat(path).catch(() => undefined);
    if (link?.isSymbolicLink()) throw await brokenLink(table, path, cause);
    if (hasCode(cause, "ENOENT", "ENOTDIR")) return undefined;
    throw tableUnreadable(
      table,
      path,
      `the system answers ${codeOf(cause)}. Give this user the right to read it, or correct the path`,
      cause,
    );
  }
}

/** The address is not repeated: it may hold a credential. */
function assertLocal(table: string, path: string): void {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(path)?.[1];
  if (scheme === undefined) return;
  const message = `${scheme}:// paths are not read by this source. Copy the data to this machine and give its path`;
  throw tableUnreadable(table, undefined, message);
}

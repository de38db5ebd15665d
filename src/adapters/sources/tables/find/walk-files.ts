import type { Dirent } from "node:fs";
import { readdir, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { rejectLakeIn } from "../lake/lake-folders.ts";
import { tableUnreadable } from "../table-error.ts";
import type { Selection } from "./file-selection.ts";

type Folder = {
  readonly path: string;
  readonly names: readonly string[];
  /** The real paths of the folder and of those above it, from the root. */
  readonly real: readonly string[];
  /** Whether a link leads to it. */
  readonly linked: boolean;
};

type FoundFile = { readonly path: string; readonly real: string; readonly linked: boolean };

/**
 * The files below a folder, by name. A file with several names is listed once, by its own name if that is below the folder. Throws
 * `TABLE_UNREADABLE` if a link leads nowhere or back, a folder may not be read, or a lake's table is met.
 */
export async function walkFiles(table: string, root: string, selection: Selection): Promise<string[]> {
  const found: FoundFile[] = [];

  async function walk(folder: Folder): Promise<void> {
    const entries = await entriesOf(table, folder.path);
    await rejectLakeIn(table, folder.path, entries);
    for (const entry of entries.sort(byName)) {
      const names = [...folder.names, entry.name];
      const [wanted, open] = [selection.isFile(names), selection.mayHold(names)];
      if (wanted || open) await visit(folder, entry, names, { wanted, open });
    }
  }

  async function visit(folder: Folder, entry: Dirent, names: readonly string[], { wanted, open }: Wish): Promise<void> {
    const path = join(folder.path, entry.name);
    const link = entry.isSymbolicLink();
    const target = link ? await followLink(table, path) : entry;
    const real = link ? await realpath(path) : join(folder.real.at(-1) ?? "", entry.name);
    const linked = folder.linked || link;
    if (target.isDirectory()) {
      if (folder.real.some((each) => isInside(each, real))) throw loop(table, path, real);
      if (open) await walk({ path, names, real: [...folder.real, real], linked });
    } else if (target.isFile() && wanted) found.push({ path, real, linked });
  }

  await walk({ path: root, names: [], real: [await realpath(root)], linked: false });
  return withoutRepeats(found);
}

type Wish = { readonly wanted: boolean; readonly open: boolean };

async function entriesOf(table: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw tableUnreadable(
      table,
      folder,
      `the folder cannot be listed (${codeOf(cause)}). Give this user the right to read it`,
      cause,
    );
  }
}

async function followLink(table: string, path: string): Promise<{ isFile(): boolean; isDirectory(): boolean }> {
  try {
    return await stat(path);
  } catch (cause) {
    throw await brokenLink(table, path, cause);
  }
}

/** A link that leads nowhere. */
export async function brokenLink(table: string, path: string, cause: unknown): Promise<Error> {
  const target = await readlink(path).catch(() => "?");
  const code = codeOf(cause);
  if (code === "ELOOP") {
    return tableUnreadable(
      table,
      path,
      `it is a symbolic link to ${target}, which leads back to it. Remove the link`,
      cause,
    );
  }
  const problem = code === "ENOENT" ? "which does not exist" : `which cannot be read (${code})`;
  return tableUnreadable(
    table,
    path,
    `it is a symbolic link to ${target}, ${problem}. Restore what it leads to, or remove the link`,
    cause,
  );
}

function loop(table: string, path: string, real: string): Error {
  return tableUnreadable(
    table,
    path,
    `it is a symbolic link to ${real}, a folder that contains it: its files would be read without end. Remove the link`,
  );
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** The system's name for what went wrong (`EACCES`). */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
}

function withoutRepeats(found: readonly FoundFile[]): string[] {
  const chosen = new Map<string, FoundFile>();
  for (const file of found) {
    const other = chosen.get(file.real);
    if (other === undefined || (other.linked && !file.linked)) chosen.set(file.real, file);
  }
  return found.filter((file) => chosen.get(file.real) === file).map((file) => file.path);
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

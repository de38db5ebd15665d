import { mkdir, readdir, realpath, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { ObjectStore } from "../../ports/object-store.ts";

/** The files of one folder and the folders in it, on this machine or in an object store. */
export type FilePlace = {
  /** As a person would write it. */
  readonly location: string;
  /** A file as a person would write it. */
  locate(name: string): string;
  /**
   * Names relative to the folder, parts separated by `/`, in natural order (`part-2` before `part-10`). Left out: hidden files and folders (a name
   * that begins with a dot), and the objects that mark folders in an object store.
   */
  names(signal: AbortSignal): Promise<string[]>;
  /** The path of a file on this machine; it is copied to `copyPath` if need be. */
  fetch(name: string, copyPath: string, signal: AbortSignal): Promise<string>;
};

/** `role`: what the folder holds, for messages: `requests`. */
export function localPlace(path: string, role: string): FilePlace {
  return {
    location: path,
    locate: (name) => join(path, name),
    async names(signal) {
      try {
        return inNaturalOrder(await filesBelow(path, signal, new Set()));
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === undefined) throw thrown;
        const missing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
        throw new ScoreframeError(
          missing ? "TABLE_NOT_FOUND" : "TABLE_UNREADABLE",
          `The folder of ${role} ${path} ${missing ? "does not exist" : `cannot be read: ${messageOf(thrown)}`}. Give the folder that holds them.`,
          { operation: "stitch", cause: thrown },
        );
      }
    },
    fetch: async (name) => join(path, name),
  };
}

/** `seen`: folders on the way, so that a link to one of them is not followed round and round. */
async function filesBelow(folder: string, signal: AbortSignal, seen: ReadonlySet<string>): Promise<string[]> {
  signal.throwIfAborted();
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    const isFolder = entry.isSymbolicLink() ? (await stat(path)).isDirectory() : entry.isDirectory();
    if (!isFolder) names.push(entry.name);
    else
      for (const name of await filesBelow(path, signal, new Set([...seen, real]))) names.push(`${entry.name}/${name}`);
  }
  return names;
}

export function storePlace(store: ObjectStore): FilePlace {
  return {
    location: store.location,
    locate: (name) => store.locate(name),
    async names(signal) {
      const names: string[] = [];
      for await (const { key, bytes } of store.list("", signal)) {
        const isFolder = key === "" || (bytes === 0 && /(\/|_\$folder\$)$/.test(key));
        if (!isFolder && !key.split("/").some((part) => part.startsWith(".") && !/^\.{1,2}$/.test(part)))
          names.push(key);
      }
      return inNaturalOrder(names);
    },
    // Not by its name: a key may hold `..`, or be longer than a file's name can be.
    async fetch(name, copyPath, signal) {
      await mkdir(dirname(copyPath), { recursive: true });
      await store.download(name, copyPath, signal);
      return copyPath;
    },
  };
}

/** Removes what was copied or rewritten; the files of others stay. */
export async function removeCopies(path: string, scratch: string): Promise<void> {
  if (path.startsWith(join(scratch, "/"))) await rm(path, { force: true });
}

function inNaturalOrder(names: readonly string[]): string[] {
  const order = new Intl.Collator("en", { numeric: true });
  return [...names].sort((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
}

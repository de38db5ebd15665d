import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "../ports/object-store.ts";

/** Where the rows that `stitch` could not pair are kept. */
export type DeadLetterPlace = {
  /** As a person would write it. */
  readonly location: string;
  /** Removes those of an earlier time. */
  clear(): Promise<void>;
  /** Moves a file there. */
  keep(path: string, name: string): Promise<void>;
};

const isDeadLetter = (name: string): boolean => name.endsWith(".parquet");

/** A folder on the file system of the files that it is given. */
export function deadLetterFolder(folder: string): DeadLetterPlace {
  return {
    location: folder,
    async clear() {
      for (const name of await readdir(folder).catch(() => [])) if (isDeadLetter(name)) await rm(join(folder, name));
    },
    async keep(path, name) {
      await mkdir(folder, { recursive: true });
      await rename(path, join(folder, name));
    },
  };
}

export function deadLetterObjects(store: ObjectStore, signal: AbortSignal): DeadLetterPlace {
  return {
    location: store.location,
    async clear() {
      const keys: string[] = [];
      for await (const { key } of store.list("", signal)) if (isDeadLetter(key) && !key.includes("/")) keys.push(key);
      await store.remove(keys, signal);
    },
    async keep(path, name) {
      await store.upload(path, name, signal);
      await rm(path, { force: true });
    },
  };
}

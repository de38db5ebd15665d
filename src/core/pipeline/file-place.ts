import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, ScoreframeError } from "../errors/scoreframe-error.ts";
import type { ObjectStore } from "../ports/object-store.ts";

/** The files of one folder, on this machine or in an object store. */
export type FilePlace = {
  /** As a person would write it. */
  readonly location: string;
  /** A file as a person would write it. */
  locate(name: string): string;
  /** In natural order (`part-2` before `part-10`); hidden files and folders are passed over. */
  names(signal: AbortSignal): Promise<string[]>;
  /** The path of a file on this machine, where it is copied into `folder` if need be. */
  bring(name: string, folder: string, signal: AbortSignal): Promise<string>;
  /** The file is read no more: removes what was copied. */
  release(path: string): Promise<void>;
};

/** `role`: what the folder holds, for messages: `requests`. */
export function localPlace(path: string, role: string): FilePlace {
  return {
    location: path,
    locate: (name) => join(path, name),
    async names() {
      const entries = await readdir(path, { withFileTypes: true }).catch((thrown: unknown) => {
        const missing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
        throw new ScoreframeError(
          missing ? "TABLE_NOT_FOUND" : "TABLE_UNREADABLE",
          `The folder of ${role} ${path} ${missing ? "does not exist" : `cannot be read: ${messageOf(thrown)}`}. Give the folder that holds them.`,
          { operation: "stitch", cause: thrown },
        );
      });
      return inNaturalOrder(entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name));
    },
    bring: async (name) => join(path, name),
    release: async () => undefined,
  };
}

export function storePlace(store: ObjectStore): FilePlace {
  return {
    location: store.location,
    locate: (name) => store.locate(name),
    async names(signal) {
      const names: string[] = [];
      for await (const { key } of store.list("", signal)) if (key !== "" && !key.includes("/")) names.push(key);
      return inNaturalOrder(names);
    },
    async bring(name, folder, signal) {
      await mkdir(folder, { recursive: true });
      await store.download(name, join(folder, name), signal);
      return join(folder, name);
    },
    release: (path) => rm(path, { force: true }),
  };
}

function inNaturalOrder(names: readonly string[]): string[] {
  const order = new Intl.Collator("en", { numeric: true });
  return names.filter((name) => !name.startsWith(".")).sort((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
}

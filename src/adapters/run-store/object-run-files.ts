import { readdir, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { RunFiles, RunFolders } from "../../core/ports/run-store.ts";
import { createUploadQueue } from "../object-store/upload-queue.ts";

/** The files of a run whose workspace is an object store: they are written below `folders.root` on this machine, and uploaded when they are complete. */
export function createObjectRunFiles(
  store: ObjectStore,
  runKey: string,
  folders: RunFolders,
  signal: AbortSignal,
): RunFiles {
  const uploads = createUploadQueue(store, signal);
  const keyOf = (path: string): string =>
    [runKey, ...relative(folders.root, path).split(sep)].join("/").replace(/\/$/, "");
  const locate = (path: string): string => store.locate(keyOf(path));
  /** A file that came from the store is already there. */
  const fetched = new Set<string>();
  /** Files that are written while shards go through, and are few. */
  const left = new Set<string>();
  async function keepAll(folder: string): Promise<void> {
    for (const path of (await readdir(folder)).map((name) => join(folder, name))) {
      if (left.has(path)) continue;
      await store.upload(path, keyOf(path));
      left.add(path);
    }
  }
  return {
    folders,
    locate,
    async keep(path) {
      if (!fetched.has(path)) await uploads.add(path, keyOf(path));
    },
    async release(paths) {
      await Promise.all(paths.map((path) => uploads.stored(path)));
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    },
    async settle() {
      await uploads.settle();
      await keepAll(folders.deadLetter);
    },
    async close() {
      try {
        await uploads.settle().catch(() => undefined);
        // Uploaded even if the run failed or was aborted, because these files say why.
        await keepAll(folders.deadLetter);
        await keepAll(folders.logs);
      } finally {
        await rm(folders.root, { recursive: true, force: true });
      }
    },
    remote: {
      locate,
      stored: (path) => uploads.stored(path),
      async *list(folder, stop) {
        const prefix = `${keyOf(folder)}/`;
        for await (const { key, bytes } of store.list(prefix, stop)) yield { name: key.slice(prefix.length), bytes };
      },
      async fetch(path, stop) {
        await store.download(keyOf(path), path, stop);
        fetched.add(path);
      },
    },
  };
}

import type { ObjectStore } from "../../core/ports/object-store.ts";

/** Uploads at a time: they overlap with the rest of the run, and each holds two parts of a file in memory at most. */
const UPLOADS_AT_A_TIME = 4;

/** Uploads files in the background, a few at a time. The first failure is thrown by every later call. */
export type UploadQueue = {
  /** Resolves when the upload has begun. */
  add(path: string, key: string): Promise<void>;
  /** Resolves when that file is stored. */
  stored(path: string): Promise<void>;
  /** Resolves when all are. */
  settle(): Promise<void>;
};

export function createUploadQueue(store: Pick<ObjectStore, "upload">, signal: AbortSignal): UploadQueue {
  const uploads = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  let failure: { readonly cause: unknown } | null = null;

  function throwFailure(): void {
    if (failure !== null) throw failure.cause;
  }

  async function upload(path: string, key: string): Promise<void> {
    try {
      await store.upload(path, key, signal);
    } catch (thrown) {
      failure ??= { cause: thrown };
      throw thrown;
    }
  }

  return {
    async add(path, key) {
      while (running.size >= UPLOADS_AT_A_TIME) await Promise.race(running).catch(() => undefined);
      throwFailure();
      const task = upload(path, key);
      uploads.set(path, task);
      running.add(task);
      // No caller may ever ask for this upload: its failure is thrown to the next one.
      task.catch(() => undefined).finally(() => running.delete(task));
    },
    async stored(path) {
      throwFailure();
      await uploads.get(path);
    },
    async settle() {
      await Promise.allSettled(running);
      throwFailure();
    },
  };
}

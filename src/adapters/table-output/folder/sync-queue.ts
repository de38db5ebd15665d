import { syncFile } from "../../../core/util/atomic-file.ts";

/** Files that are flushed at a time. Node's own threads are four. */
const SYNCS_AT_A_TIME = 4;
/** Files that may wait: the disk is behind, and more would only make the wait at the end longer. */
const MOST_WAITING = 64;

/** Flushes files to the disk while others are being written. */
export type SyncQueue = {
  /** Resolves when there is room for the next. */
  add(path: string): Promise<void>;
  /** Resolves when all are on the disk; throws why one is not. */
  settle(): Promise<void>;
};

export function createSyncQueue(): SyncQueue {
  const waiting: string[] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly cause: unknown } | null = null;

  async function work(): Promise<void> {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) await syncFile(path);
  }

  function start(): void {
    const task = work()
      .catch((cause: unknown) => {
        failure ??= { cause };
      })
      .finally(() => running.delete(task));
    running.add(task);
  }

  return {
    async add(path) {
      waiting.push(path);
      if (running.size < SYNCS_AT_A_TIME) start();
      while (waiting.length >= MOST_WAITING && running.size > 0) await Promise.race(running);
    },
    async settle() {
      while (running.size > 0) await Promise.all(running);
      if (failure !== null) throw failure.cause;
    },
  };
}

import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A shard's answers on their way to disk. */
export type ResponseFile = {
  /** Takes the answer of request `index`: whole lines, each ended by `\n`. In any order; each index once. */
  put(index: number, lines: Buffer): void;
  /** Writes what is left and gives the file its name. Rejects with the first error of any write. */
  finish(): Promise<void>;
  /** Removes what was written. */
  discard(): Promise<void>;
};

/** Fewer, larger writes: most answers are a few kilobytes. */
const WRITE_BYTES = 256 * 1024;

/**
 * Writes answers in order to `<path>.part` as far as they are known, and renames it when all are there: whoever sees `path` sees all of it.
 * Holds only answers that came before an earlier one.
 */
export async function createResponseFile(path: string): Promise<ResponseFile> {
  const partial = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(partial, "w");
  const early = new Map<number, Buffer>();
  let next = 0;
  let ready: Buffer[] = [];
  let readyBytes = 0;
  let failure: unknown;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): void => {
    const pieces = ready;
    ready = [];
    readyBytes = 0;
    writing = writing
      .then(async () => {
        if (failure === undefined && pieces.length > 0) await handle.writev(pieces);
      })
      .catch((error: unknown) => {
        failure ??= error;
      });
  };

  return {
    put(index, lines) {
      early.set(index, lines);
      for (let answer = early.get(next); answer !== undefined; answer = early.get(next)) {
        early.delete(next);
        next += 1;
        ready.push(answer);
        readyBytes += answer.length;
      }
      if (readyBytes >= WRITE_BYTES) flush();
    },
    async finish() {
      flush();
      await writing;
      await handle.close();
      if (failure !== undefined) throw failure;
      await rename(partial, path);
    },
    async discard() {
      await writing;
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

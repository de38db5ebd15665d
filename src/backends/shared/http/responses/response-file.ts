import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileDigest } from "../../../../core/util/file-digest.ts";
import type { ResponseShare } from "../flow/held-bytes.ts";

/** Writes a shard's answers to disk. */
export type ResponseFile = {
  /** Takes the answer of request `index`: whole lines, each ended by `\n`. In any order; each index once. They are held until they are written. */
  put(index: number, lines: Buffer, share?: ResponseShare): void;
  /** Writes the rest, gives the file its name, and returns what it must hold. Rejects with the first error of any write. */
  finish(): Promise<FileDigest>;
  /** Removes what was written. */
  discard(): Promise<void>;
};

type Piece = { readonly lines: Buffer; readonly share: ResponseShare | undefined };

/** Fewer, larger writes: most answers are a few kilobytes. */
const WRITE_BYTES = 256 * 1024;

/**
 * Writes answers in order to `<path>.part` as they arrive, and renames it when all are there: a reader of `path` always sees the whole file.
 * Holds only answers that arrived before an earlier one.
 */
export async function createResponseFile(path: string): Promise<ResponseFile> {
  const partial = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  const handle = await open(partial, "w");
  const early = new Map<number, Piece>();
  let next = 0;
  let ready: Piece[] = [];
  let readyBytes = 0;
  let bytes = 0;
  const hash = createHash("sha256");
  let failure: unknown;
  let writing: Promise<void> = Promise.resolve();

  const flush = (): void => {
    const pieces = ready;
    for (const { lines } of pieces) hash.update(lines);
    bytes += readyBytes;
    ready = [];
    readyBytes = 0;
    writing = writing
      .then(async () => {
        if (failure === undefined && pieces.length > 0) {
          await writeWhole(
            handle,
            pieces.map(({ lines }) => lines),
          );
        }
        for (const { share } of pieces) share?.hold(0);
      })
      .catch((error: unknown) => {
        failure ??= error;
      });
  };

  return {
    put(index, lines, share) {
      share?.hold(lines.length);
      early.set(index, { lines, share });
      for (let piece = early.get(next); piece !== undefined; piece = early.get(next)) {
        early.delete(next);
        next += 1;
        ready.push(piece);
        readyBytes += piece.lines.length;
        piece.share?.settle();
      }
      if (readyBytes >= WRITE_BYTES) flush();
    },
    async finish() {
      flush();
      await writing;
      await handle.close();
      if (failure !== undefined) throw failure;
      await rename(partial, path);
      return { bytes, sha256: hash.digest("hex") };
    },
    async discard() {
      await writing;
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

/** A write may take only part of its bytes without an error: the rest is then written. */
async function writeWhole(handle: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  let left = [...pieces];
  while (left.length > 0) {
    let { bytesWritten } = await handle.writev(left);
    if (bytesWritten === 0) throw Object.assign(new Error("nothing more could be written"), { code: "ENOSPC" });
    while (left.length > 0 && bytesWritten >= (left[0] as Buffer).length) {
      bytesWritten -= (left[0] as Buffer).length;
      left.shift();
    }
    if (bytesWritten > 0) left = [(left[0] as Buffer).subarray(bytesWritten), ...left.slice(1)];
  }
}

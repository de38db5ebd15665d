import type { FileHandle } from "node:fs/promises";
import { open, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { Answer } from "./answer.ts";
import { heldAnswer, spooledAnswer } from "./answer.ts";

/** Multiplied by the number of concurrent requests, this is the memory that the answers of an instance use. */
const HELD_BYTES = 1_000_000;

/** Reads the body of an answer to its end; what is large goes to the path. Null if it has more bytes than the limit; then the rest is not read. */
export async function receiveAnswer(body: Readable, path: string, limit: number | null): Promise<Answer | null> {
  const spool = createSpool(path);
  let bytes = 0;
  try {
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (limit !== null && bytes > limit) {
        await spool.discard();
        return null;
      }
      await spool.add(piece);
    }
    return await spool.end();
  } catch (thrown) {
    await spool.discard();
    throw thrown;
  }
}

/** Keeps bytes in memory up to a limit, and then in a file. */
function createSpool(path: string) {
  let file: FileHandle | null = null;
  let held: Buffer[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    file ??= await open(path, "w");
    await file.appendFile(Buffer.concat(held));
    held = [];
    bytes = 0;
  };
  return {
    async add(piece: Buffer): Promise<void> {
      held.push(piece);
      bytes += piece.length;
      if (bytes > HELD_BYTES) await flush();
    },
    async end(): Promise<Answer> {
      if (file === null) return heldAnswer(Buffer.concat(held));
      await flush();
      await file.close();
      return spooledAnswer(path);
    },
    async discard(): Promise<void> {
      if (file === null) return;
      await file.close();
      await rm(path, { force: true });
    },
  };
}

/** The beginning of a body; the rest is not read. */
export async function receiveBeginning(body: Readable, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= most) break;
  }
  return Buffer.concat(pieces).subarray(0, most);
}

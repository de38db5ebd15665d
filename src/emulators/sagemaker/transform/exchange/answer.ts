import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { readFile, rm, stat } from "node:fs/promises";
import { seeLogs } from "../job-failure.ts";

/** What a container answered to one request: in memory if it is small, else in a file. */
export type Answer = {
  /** Adds it to the end of a file. */
  appendTo(output: FileHandle): Promise<void>;
  /** All of it. Throws a `JobFailure` if that is more than can be filtered or joined. */
  bytes(): Promise<Buffer>;
  /** Removes its file; called when it is no longer needed. */
  discard(): Promise<void>;
};

const PIECE_BYTES = 1_000_000;
/** Node's limit of a string is less than twice as much. */
const MOST_PROCESSED_BYTES = 256 * 1024 * 1024;

export function heldAnswer(bytes: Buffer): Answer {
  return {
    appendTo: (output) => output.appendFile(bytes),
    bytes: async () => bytes,
    discard: async () => undefined,
  };
}

export function spooledAnswer(path: string): Answer {
  return {
    async appendTo(output) {
      for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) await output.appendFile(piece);
    },
    async bytes() {
      const { size } = await stat(path);
      if (size <= MOST_PROCESSED_BYTES) return readFile(path);
      throw seeLogs("ClientError", [
        `An answer of ${size} bytes cannot be filtered or joined; at most ${MOST_PROCESSED_BYTES} can`,
      ]);
    },
    discard: () => rm(path, { force: true }),
  };
}

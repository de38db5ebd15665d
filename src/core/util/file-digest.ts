import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

/** What a file holds: `sha256` in hexadecimal digits. */
export type FileDigest = { readonly bytes: number; readonly sha256: string };

const CHUNK_BYTES = 1 << 20;

/** Reads a file once, and returns its digest and its last byte (null if it is empty). */
export function digestFile(path: string): FileDigest & { readonly lastByte: number | null } {
  const hash = createHash("sha256");
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = openSync(path, "r");
  let bytes = 0;
  let lastByte: number | null = null;
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      hash.update(chunk.subarray(0, read));
      bytes += read;
      lastByte = chunk[read - 1] as number;
    }
  } finally {
    closeSync(file);
  }
  return { bytes, sha256: hash.digest("hex"), lastByte };
}

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

export type Compression = "none" | "gzip" | "zstd";

/** Bytes that are read at a time. */
const CHUNK_BYTES = 1 << 20;

/** How a file is compressed, by its first bytes: a store may serve compressed bytes under a plain name. */
export async function compressionOf(path: string): Promise<Compression> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return "gzip";
    return buffer.readUInt32LE(0) === 0xfd2fb528 ? "zstd" : "none";
  } finally {
    await file.close();
  }
}

/** The plain bytes of a file. */
export function openJson({
  path,
  compression,
}: {
  readonly path: string;
  readonly compression: Compression;
}): Readable {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (compression === "none") return file;
  const options = { chunkSize: CHUNK_BYTES };
  const unpack = compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
  return pipeline(file, unpack, () => undefined);
}

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, ScoreframeError } from "../../errors/scoreframe-error.ts";
import { isStorageFailure, storageError } from "../../errors/storage-error.ts";

/** What the first bytes of other files are in hexadecimal, and how a person calls these files. */
const OTHER_FORMATS: readonly (readonly [start: RegExp, name: string])[] = [
  [/^28b52ffd/, "compressed with Zstandard"],
  [/^425a683[1-9]314159/, "compressed with bzip2"],
  [/^fd377a585a/, "compressed with xz"],
  [/^04224d18/, "compressed with LZ4"],
  [/^504b0304/, "a zip archive"],
  [/^5041523115/, "a Parquet file"],
  [/^4f626a01/, "an Avro file"],
  [/^(fffe|feff)/, "text in UTF-16"],
];
const GZIP = "1f8b";

/**
 * The path of a file as text in UTF-8: its own, or, if it is compressed with gzip, that of `plainPath`, to which it is decompressed. By its
 * content, whatever its name is. `location`: the file as a person would write it. `TABLE_UNREADABLE` for what is no such text.
 */
export async function plainFile(
  path: string,
  plainPath: string,
  location: string,
  signal: AbortSignal,
): Promise<string> {
  const start = await firstBytes(path);
  const other = OTHER_FORMATS.find(([pattern]) => pattern.test(start));
  if (other !== undefined) {
    throw unreadable(location, `is ${other[1]}. Give it as lines of text in UTF-8, which may be compressed with gzip.`);
  }
  if (!start.startsWith(GZIP)) return path;
  await mkdir(dirname(plainPath), { recursive: true });
  const gunzip = createGunzip();
  try {
    await pipeline(createReadStream(path), gunzip, createWriteStream(plainPath), { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    if (isStorageFailure(thrown)) throw storageError(plainPath, "write", thrown);
    throw unreadable(
      location,
      `cannot be decompressed: ${messageOf(thrown)}. Write it again, or fetch it again.`,
      thrown,
    );
  }
  return plainPath;
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path).catch((thrown: unknown) => {
    throw storageError(path, "read", thrown);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead).toString("hex");
  } finally {
    await file.close();
  }
}

function unreadable(location: string, complaint: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError("TABLE_UNREADABLE", `${location} ${complaint}`, { operation: "stitch", cause });
}

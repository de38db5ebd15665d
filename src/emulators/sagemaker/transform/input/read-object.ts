import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** The bytes of an object that was downloaded to the path, decompressed if it is gzip. */
export function readObject(path: string, isGzipped: boolean): Readable {
  const source = createReadStream(path);
  if (!isGzipped) return source;
  const gunzip = createGunzip();
  // An error of either is the error of the stream that is read.
  pipeline(source, gunzip, () => undefined);
  return gunzip;
}

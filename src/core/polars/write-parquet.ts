import type { LazyFrame } from "./polars.ts";
import { whileWriting } from "./while-writing.ts";

/**
 * Writes a frame to a Parquet file, zstd. Throws `STORAGE_FAILED`. A failed write leaves a partial file behind: callers write where no reader looks
 * yet.
 */
export function writeParquet(frame: LazyFrame, path: string): void {
  // A sink is lazy until it is collected; collectSync, because a panic inside an asynchronous collect would end the process.
  const sink = frame.sinkParquet(path, { compression: "zstd", compressionLevel: 3, maintainOrder: true });
  whileWriting(path, () => sink.collectSync());
}

/** Writes a frame that is read once more and then removed: LZ4 costs two thirds of the time of zstd. Throws `STORAGE_FAILED`. */
export function writeScratch(frame: LazyFrame, path: string): void {
  const sink = frame.sinkParquet(path, { compression: "lz4", maintainOrder: true });
  whileWriting(path, () => sink.collectSync());
}

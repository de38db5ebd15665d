import { isStorageFailure, storageError } from "../errors/storage-error.ts";
import type { LazyFrame } from "./polars.ts";

/** Writes a frame to a Parquet file, zstd. A failed write leaves a partial file behind: callers write where nobody reads yet. Throws `STORAGE_FAILED`. */
export function writeParquet(frame: LazyFrame, path: string): void {
  // A sink is lazy until it is collected; collectSync, because a panic inside an asynchronous collect would end the process.
  try {
    frame.sinkParquet(path, { compression: "zstd", compressionLevel: 3, maintainOrder: true }).collectSync();
  } catch (thrown) {
    throw isStorageFailure(thrown) ? storageError(path, "write", thrown) : thrown;
  }
}

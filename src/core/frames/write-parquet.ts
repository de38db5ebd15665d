import type { LazyFrame } from "./polars.ts";
import { whileWriting } from "./while-writing.ts";

/**
 * Writes a frame to a Parquet file, zstd. Throws `STORAGE_FAILED`. A failed write leaves a partial file behind: callers write where nobody reads
 * yet.
 */
export function writeParquet(frame: LazyFrame, path: string): void {
  // A sink is lazy until it is collected; collectSync, because a panic inside an asynchronous collect would end the process.
  const sink = frame.sinkParquet(path, { compression: "zstd", compressionLevel: 3, maintainOrder: true });
  whileWriting(path, () => sink.collectSync());
}

import { stat } from "node:fs/promises";

/** Text tables up to this many bytes are read whole to find the types of their columns. */
const WHOLE_BYTES = 64_000_000;

/** How many rows DuckDB reads to guess types (-1: all). A type that a later row contradicts is an error, never a wrong value. */
export async function sampleSize(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0) <= WHOLE_BYTES ? -1 : 200_000;
}

import { join } from "node:path";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import type { FrameSource, SourceContext } from "../../ports/frame-source.ts";
import type { FramePool } from "../../worker/frame-pool.ts";

export type ExtractedInput = { readonly path: string; readonly rows: number; readonly columns: readonly TypedColumn[] };

/** Freezes the source into one Parquet file: SQL engines promise no order, so a second look would pair answers with other rows. */
export async function extractTable(
  source: FrameSource,
  folder: string,
  pool: FramePool,
  options: SourceContext & { readonly limit?: number },
): Promise<ExtractedInput> {
  const { path, rows } = await source.extract(join(folder, "extracted.parquet"), options);
  return { path, rows, columns: await pool.run("readParquetSchema", path, options.signal) };
}

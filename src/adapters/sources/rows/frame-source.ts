import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFrame } from "../../../core/polars/frame-rows.ts";
import type { DataFrame } from "../../../core/polars/polars.ts";
import type { FrameSource } from "../../../core/ports/frame-source.ts";
import { createRowsSource } from "./rows-source.ts";

/** A Polars frame that a program passes. It is written and read as a table file, so that its types are converted as those of any other table. */
export function createFrameSource(frame: DataFrame, temporaryDirectory = tmpdir()): FrameSource {
  const use = async <T>(work: (source: FrameSource) => Promise<T>): Promise<T> => {
    // A new folder, which only this user can read.
    const folder = await mkdtemp(join(temporaryDirectory, "scoreframe-frame-"));
    const path = join(folder, "frame.parquet");
    try {
      writeFrame(frame, path);
      return await work(createRowsSource({ path, format: "parquet", hive: false }));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    describe: (context) => use((source) => source.describe(context)),
    extract: (target, extraction) => use((source) => source.extract(target, extraction)),
  };
}

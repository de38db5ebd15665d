import { pl, scanParquet } from "../../../../polars/polars.ts";
import { writeScratch } from "../../../../polars/write-parquet.ts";

export type GatherRowsInput = {
  /** Parquet files of the same columns, laid end to end. */
  readonly paths: readonly string[];
  /** Positions of the rows to write, in the order in which they are to be. */
  readonly rows: readonly number[];
  readonly outputPath: string;
};

/** Writes rows of small files into one file, in another order. */
export function gatherRows({ paths, rows, outputPath }: GatherRowsInput): void {
  const all = pl.concat(paths.map(scanParquet), { how: "vertical" }).collectSync();
  const picked = pl.concat(rows.map((row) => all.slice(row, 1)));
  writeScratch(picked.lazy(), outputPath);
}

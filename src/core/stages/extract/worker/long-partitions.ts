import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { partitionText } from "../../../polars/partition-text.ts";
import { byteLength, column, pl, scanParquet } from "../../../polars/polars.ts";

export type LongPartitionsInput = {
  readonly path: string;
  readonly rows: number;
  /** Those that name partitions. */
  readonly columns: readonly TypedColumn[];
  /** Partitions whose values have more bytes in all are looked for. */
  readonly moreThan: number;
};

/** Rows that are looked at together: memory is bounded by them. */
const ROWS_AT_ONCE = 1_000_000;

/** The values of the partitions that are long, as texts, null for null. */
export function longPartitions({ path, rows, columns, moreThan }: LongPartitionsInput): (string | null)[][] {
  const found = new Map<string, (string | null)[]>();
  const names = columns.map((_, index) => `k${index}`);
  const texts = columns.map((each, index) => partitionText(column(each.name), each).alias(`k${index}`));
  const bytes = names.map((name) => byteLength(pl.col(name)).fillNull(0)).reduce((sum, each) => sum.add(each));
  for (let offset = 0; offset < rows; offset += ROWS_AT_ONCE) {
    const long = scanParquet(path).slice(offset, ROWS_AT_ONCE).select(texts).filter(bytes.gt(moreThan)).collectSync();
    const values = names.map((name) => long.getColumn(name).toArray() as (string | null)[]);
    for (let row = 0; row < long.height; row += 1) {
      const partition = values.map((each) => each[row] ?? null);
      found.set(JSON.stringify(partition), partition);
    }
  }
  return [...found.values()];
}

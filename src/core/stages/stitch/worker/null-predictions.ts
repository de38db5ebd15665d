import type { DataFrame } from "../../../polars/polars.ts";
import { pl } from "../../../polars/polars.ts";

/** Rows in which every prediction column is null. The columns are named `p0`, `p1`, …. */
export function countNullPredictions(rows: DataFrame, columns: number): number {
  const counts = Array.from({ length: columns }, (_, index) => rows.getColumn(`p${index}`).nullCount());
  const least = Math.min(...counts);
  if (columns === 0 || least === 0) return 0;
  if (columns === 1 || least === rows.height) return least;
  const missing = Array.from({ length: columns }, (_, index) => pl.col(`p${index}`).isNull());
  return rows.filter(missing.reduce((all, each) => all.and(each))).height;
}

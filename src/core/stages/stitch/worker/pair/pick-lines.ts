import type { AnswerLines } from "../../../../lines/answer-lines.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { column, pl } from "../../../../polars/polars.ts";

/** Those of a file's lines, in column `line`, that are answers. */
export function pickLines(lines: DataFrame, which: AnswerLines): DataFrame {
  if (which === "all") return lines;
  if (which === "filled") return lines.filter(column("line").neq(pl.lit("")));
  const odd = Uint8Array.from({ length: lines.height }, (_, line) => line % 2);
  return lines.withColumn(pl.Series("odd", odd)).filter(column("odd").eq(0)).select("line");
}

import type { Line } from "./line-plan.ts";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";

const FIRST = 1;
const LAST = 2;

/**
 * Writes the rows' JSON text (column `text`) as request lines: `open` before the first row of a line, commas between, `close` and a line
 * feed after the last. The CSV writer is used as a raw writer of text: no header, no quotes, no terminator.
 */
export function writeLines(rows: DataFrame, lines: readonly Line[], open: string, close: string, path: string): void {
  const ends = pl.Series("ends", lineEnds(lines, rows.height));
  const isFirst = pl
    .col("ends")
    .eq(FIRST)
    .or(pl.col("ends").eq(FIRST + LAST));
  const isLast = pl.col("ends").gtEq(LAST);
  rows
    .select("text")
    .withColumn(ends)
    .lazy()
    .select(
      pl.concatString(
        [
          pl.when(isFirst).then(pl.lit(open)).otherwise(pl.lit(",")),
          pl.col("text"),
          pl
            .when(isLast)
            .then(pl.lit(`${close}\n`))
            .otherwise(pl.lit("")),
        ],
        "",
      ),
    )
    .sinkCSV(path, { includeHeader: false, quoteStyle: "never", lineTerminator: "", maintainOrder: true })
    .collectSync();
}

function lineEnds(lines: readonly Line[], rows: number): Int32Array {
  const ends = new Int32Array(rows);
  let row = 0;
  for (const line of lines) {
    ends[row] = (ends[row] as number) + FIRST;
    row += line.rows;
    ends[row - 1] = (ends[row - 1] as number) + LAST;
  }
  return ends;
}

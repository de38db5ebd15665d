import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { pl } from "../../../polars/polars.ts";
import { whileWriting } from "../../../polars/while-writing.ts";
import { memoize } from "../../../util/memoize.ts";
import type { Line } from "./line-plan.ts";

const FIRST = 1;
const LAST = 2;

/**
 * Writes the rows' JSON text (column `text`) as request lines: `open` before the first row of a line, commas between, `close` and a line
 * feed after the last. Throws `STORAGE_FAILED`. The CSV writer is used as a raw writer of text: no header, no quotes, no terminator.
 */
export function writeLines(rows: DataFrame, lines: readonly Line[], open: string, close: string, path: string): void {
  const sink = rows
    .withColumn(pl.Series("ends", lineEnds(lines, rows.height)))
    .lazy()
    .select(lineParts([open, close]))
    .sinkCSV(path, { includeHeader: false, quoteStyle: "never", lineTerminator: "", maintainOrder: true });
  whileWriting(path, () => sink.collectSync());
}

/** A row's part of its line, out of columns `text` and `ends`. */
const lineParts = memoize(([open, close]: readonly [string, string]): Expr => {
  const ends = pl.col("ends");
  const isFirst = ends.eq(FIRST).or(ends.eq(FIRST + LAST));
  return pl.concatString(
    [
      pl.when(isFirst).then(pl.lit(open)).otherwise(pl.lit(",")),
      pl.col("text"),
      pl
        .when(ends.gtEq(LAST))
        .then(pl.lit(`${close}\n`))
        .otherwise(pl.lit("")),
    ],
    "",
  );
});

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

import { lineId, lineIds } from "../../../domain/line-id.ts";
import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { column, pl } from "../../../polars/polars.ts";
import { whileWriting } from "../../../polars/while-writing.ts";
import type { Tensor } from "../tensor-plan.ts";
import type { Line } from "./line-plan.ts";

/** What is around the rows of a line of tensors. */
export type TensorEnvelope = { readonly open: string; readonly tensors: readonly Tensor[]; readonly close: string };

/** Bytes of a line without its rows' values, the commas between them, and the digits of the number of rows in each shape. */
export function tensorEnvelopeBytes({ open, tensors, close }: TensorEnvelope): number {
  const parts = tensors.map((tensor) => `${beforeCount(tensor)}${afterCount(tensor)}]}`);
  return Buffer.byteLength(`${open}${lineId(0)}","inputs":[${parts.join(",")}${close}`);
}

/**
 * Writes rows as request lines; the columns `t0`, `t1`, … hold the values of one tensor each. `firstId` is the id of the first line; each
 * line's id is larger by the rows before it. Throws `STORAGE_FAILED`.
 */
export function writeTensorLines(
  rows: DataFrame,
  lines: readonly Line[],
  envelope: TensorEnvelope,
  firstId: number,
  path: string,
): void {
  const { tensors } = envelope;
  const names = tensors.map((_, index) => `t${index}`);
  const grouped = rows
    .select(...names)
    .withColumn(pl.Series("line", lineNumbers(lines, rows.height)))
    .lazy()
    .groupBy(["line"], true)
    .agg(...names.map((name) => pl.col(name)))
    .collectSync();
  const count = pl.Series(
    "count",
    lines.map((line) => String(line.rows)),
    pl.Utf8,
  );
  const ids = lineIds(
    firstId,
    lines.map((line) => line.rows),
  );
  const marked = grouped.hstack(pl.DataFrame([count, pl.Series("id", ids, pl.Utf8)]));
  const sink = marked
    .lazy()
    .select(lineText(envelope))
    .sinkCSV(path, { includeHeader: false, quoteStyle: "never", lineTerminator: "", maintainOrder: true });
  whileWriting(path, () => sink.collectSync());
}

function lineText({ open, tensors, close }: TensorEnvelope): Expr {
  const parts = tensors.flatMap((tensor, index) => [
    pl.lit(`${index === 0 ? "" : ","}${beforeCount(tensor)}`),
    pl.col("count"),
    pl.lit(afterCount(tensor)),
    column(`t${index}`).lst.join(","),
    pl.lit("]}"),
  ]);
  return pl.concatString([pl.lit(open), pl.col("id"), pl.lit('","inputs":['), ...parts, pl.lit(`${close}\n`)], "");
}

function beforeCount({ name }: Tensor): string {
  return `{"name":${JSON.stringify(name)},"shape":[`;
}

function afterCount({ datatype, width }: Tensor): string {
  return `,${width}],"datatype":"${datatype}","data":[`;
}

function lineNumbers(lines: readonly Line[], rows: number): Int32Array {
  const numbers = new Int32Array(rows);
  let row = 0;
  for (const [line, { rows: count }] of lines.entries()) {
    numbers.fill(line, row, row + count);
    row += count;
  }
  return numbers;
}

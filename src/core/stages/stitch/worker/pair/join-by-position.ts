import { ScoreframeError } from "../../../../errors/scoreframe-error.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { column, pl } from "../../../../polars/polars.ts";
import type { RowCause } from "../../../../protocols/responses/error-object.ts";
import type { Explosion } from "../../../../responses/read/explode-uniform.ts";
import { countMismatch } from "../../../../responses/read/read-answer-line.ts";
import type { ExplodedAnswers } from "./explode-answers.ts";

/** A request row without a prediction: its position in the file, its line there, and why. */
export type UnpairedRow = { readonly row: number; readonly line: number; readonly cause: RowCause };

export type JoinedRows = {
  /** Columns `row_id`, `batch_index`, `row` (position in the file), `request`, and, for rows that have one, `prediction`. */
  readonly paired: DataFrame;
  readonly requests: DataFrame;
  readonly unpaired: readonly UnpairedRow[];
};

/**
 * Joins two independent explosions of as many lines on (row_id, batch_index). A line whose counts differ, or that failed, pairs none of its
 * rows. `firstRowId` is the number of the file's first line.
 */
export function joinByPosition(
  requests: Explosion,
  answers: ExplodedAnswers,
  firstRowId: number,
  nameLine: (line: number) => string,
): JoinedRows {
  const unpaired = findUnpaired(requests, answers, nameLine);
  const numbered = positioned(requests, firstRowId, "request");
  const whole = numbered.withColumn(pl.Series("row", countedUp(numbered.height)));
  const wanted = unpaired.length === 0 ? whole : withoutRows(whole, unpaired);
  const paired = wanted
    .lazy()
    .join(positioned(answers, firstRowId, "prediction").lazy(), {
      on: ["row_id", "batch_index"],
      how: "inner",
      validate: "1:1",
      maintainOrder: "left",
      suffix: "_answer",
    } as never)
    .collectSync();
  if (paired.height !== wanted.height) throw incomplete(paired.height, wanted.height);
  return { paired, requests: whole, unpaired: unpaired.toSorted((a, b) => a.row - b.row) };
}

function findUnpaired(
  requests: Explosion,
  answers: ExplodedAnswers,
  nameLine: (line: number) => string,
): UnpairedRow[] {
  const failedLines = new Map(answers.failures.filter(isWholeLine).map(({ line, cause }) => [line, cause]));
  const starts: number[] = [];
  const unpaired: UnpairedRow[] = [];
  const matching = new Set<number>();
  let row = 0;
  for (let line = 0; line < requests.counts.length; line += 1) {
    const [wanted, got] = [requests.counts[line] as number, answers.counts[line] as number];
    const failed = failedLines.get(line) ?? (wanted === got ? null : countMismatch(nameLine(line), got, wanted));
    if (failed === null) matching.add(line);
    else for (let index = 0; index < wanted; index += 1) unpaired.push({ row: row + index, line, cause: failed });
    starts.push(row);
    row += wanted;
  }
  for (const { line, batchIndex, cause } of answers.failures) {
    if (batchIndex !== null && matching.has(line))
      unpaired.push({ row: (starts[line] as number) + batchIndex, line, cause });
  }
  return unpaired;
}

function isWholeLine(failure: { readonly batchIndex: number | null }): boolean {
  return failure.batchIndex === null;
}

function withoutRows(whole: DataFrame, unpaired: readonly UnpairedRow[]): DataFrame {
  const bad = new Set(unpaired.map(({ row }) => row));
  const good = Uint8Array.from({ length: whole.height }, (_, row) => (bad.has(row) ? 0 : 1));
  return whole.withColumn(pl.Series("good", good)).filter(column("good").eq(1));
}

function countedUp(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

/** The values with their identity. */
function positioned({ values, counts }: Explosion, firstRowId: number, name: string): DataFrame {
  const rowId = new BigInt64Array(values.height);
  const batchIndex = new BigInt64Array(values.height);
  let row = 0;
  for (let line = 0; line < counts.length; line += 1) {
    for (let index = 0; index < (counts[line] as number); index += 1, row += 1) {
      rowId[row] = BigInt(firstRowId + line);
      batchIndex[row] = BigInt(index);
    }
  }
  const identity = [pl.Series("row_id", rowId as never), pl.Series("batch_index", batchIndex as never)];
  return pl.DataFrame(identity).hstack(values.rename({ value: name }));
}

function incomplete(paired: number, wanted: number): ScoreframeError {
  return new ScoreframeError(
    "LEDGER_IMBALANCE",
    `${wanted} rows were to be paired with an answer, ${paired} were. Nothing was published.`,
    { operation: "stitch", details: { wanted, paired } },
  );
}

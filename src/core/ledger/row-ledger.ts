import { ScoreframeError } from "../errors/scoreframe-error.ts";

/** Where every input row ended: exactly one of scored, dead-lettered, skipped. */
export type RowLedger = {
  readonly input: number;
  readonly scored: number;
  readonly deadLettered: number;
  /** Left out by policy (`failure.oversized_rows: skip`). */
  readonly skipped: number;
};

/** Throws `LEDGER_IMBALANCE` for a ledger that does not add up: such a run is never published. */
export function assertBalanced(ledger: RowLedger): void {
  const ended = ledger.scored + ledger.deadLettered + ledger.skipped;
  if (ended === ledger.input) return;
  throw new ScoreframeError(
    "LEDGER_IMBALANCE",
    `${ledger.input} rows went in, ${ended} came out (${ledger.scored} scored, ${ledger.deadLettered} dead-lettered, ${ledger.skipped} skipped). ` +
      "Nothing was published. This is a fault of the engine or of its storage: please report it with the run's ledger folder.",
    { operation: "publish", details: { ...ledger } },
  );
}

/** The same for one shard, which names the culprit. */
export function assertShardBalanced(shard: number, rows: number, scored: number, deadLettered: number): void {
  if (scored + deadLettered === rows) return;
  throw new ScoreframeError(
    "LEDGER_IMBALANCE",
    `Shard ${shard} has ${rows} rows, and ${scored} scored and ${deadLettered} dead-lettered ones do not add up to them. Nothing was published.`,
    { shard, operation: "stitch", details: { rows, scored, deadLettered } },
  );
}

/** Most rows that may fail: a count, or a ratio (between 0 and 1) of the input. */
export function failedRowLimit(maxFailedRows: number, input: number): number {
  return maxFailedRows > 0 && maxFailedRows < 1 ? Math.floor(maxFailedRows * input) : maxFailedRows;
}

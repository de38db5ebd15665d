import type { ErrorCode } from "../errors/error-codes.ts";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { RowLedger } from "../ledger/row-ledger.ts";
import { failedRowLimit } from "../ledger/row-ledger.ts";
import type { StitchOutcome } from "../stages/stitch/worker/stitch-shard.ts";
import { counted } from "../util/counted.ts";

/** The first failure of a run: what its error quotes. */
export type FirstFailure = {
  readonly shard: number | null;
  readonly line: number | null;
  readonly message: string;
  readonly code?: ErrorCode;
};

export function firstFailureOf(stitched: StitchOutcome): FirstFailure | null {
  const failure = stitched.firstFailure;
  return failure === null
    ? null
    : { shard: stitched.shard, line: failure.line, message: failure.message, code: failure.code };
}

/**
 * Ends a run that can only fail: more rows have failed than may, and most that were answered so far have. A run with a few bad rows goes on to
 * its end, so that its dead letters name all of them at once.
 */
export function stopWhenHopeless(
  ledger: RowLedger,
  maxFailedRows: number,
  first: FirstFailure | null,
  deadLetter: string,
): void {
  const answered = ledger.scored + ledger.deadLettered;
  if (ledger.deadLettered > failedRowLimit(maxFailedRows, ledger.input) && ledger.deadLettered * 2 > answered) {
    throw tooMany(ledger, maxFailedRows, first, deadLetter, `of the ${answered} answered so far`);
  }
}

/** Throws `TOO_MANY_FAILED_ROWS` if more rows failed than `failure.max_failed_rows` allows. */
export function assertFailedRowsAllowed(
  ledger: RowLedger,
  maxFailedRows: number,
  first: FirstFailure | null,
  deadLetter: string,
): void {
  if (ledger.deadLettered <= failedRowLimit(maxFailedRows, ledger.input)) return;
  throw tooMany(ledger, maxFailedRows, first, deadLetter, `of ${ledger.input}`);
}

/** Throws `TOO_FEW_ROWS`: a source that gives less than it must, such as a partition that has not arrived, must not replace a table. */
export function assertEnoughRows(rows: number, least: number | undefined): void {
  if (least === undefined || rows >= least) return;
  throw new ScoreframeError(
    "TOO_FEW_ROWS",
    `The source gives ${counted(rows, "row")}, and failure.min_rows is ${least}: nothing was scored or published. ` +
      "Check the SQL and whether the data has arrived, or lower failure.min_rows.",
    { operation: "extract", option: "failure.min_rows", details: { rows, least } },
  );
}

/** Most predictions that may be null: `undefined` for fewer than all. */
export type NullLimit = number | "all" | undefined;

/** Throws `TOO_MANY_NULL_PREDICTIONS`: a model that answers nothing but null must not replace a table of predictions. */
export function assertFewNulls(nulls: number, scored: number, limit: NullLimit): void {
  if (nulls === 0 || limit === "all") return;
  const isTooMany = limit === undefined ? nulls === scored : nulls > (limit < 1 ? Math.floor(limit * scored) : limit);
  if (!isTooMany) return;
  const allowed = limit === undefined ? "" : `, and failure.max_null_predictions is ${limit}`;
  throw new ScoreframeError(
    "TOO_MANY_NULL_PREDICTIONS",
    `${nulls} of ${counted(scored, "prediction")} ${nulls === 1 ? "is" : "are"} null${allowed}: nothing was published. ` +
      "Correct the model, or set failure.max_null_predictions (all: any number) if null is an answer.",
    { option: "failure.max_null_predictions", details: { nulls, scored } },
  );
}

function tooMany(
  ledger: RowLedger,
  limit: number,
  first: FirstFailure | null,
  deadLetter: string,
  among: string,
): ScoreframeError {
  const place =
    first?.shard == null ? {} : { shard: first.shard, ...(first.line === null ? {} : { line: first.line }) };
  // A contract that the model does not keep is a fault of the job or the model, not of rows.
  const code = first?.code === "PREDICTIONS_CONTRACT_VIOLATED" ? first.code : "TOO_MANY_FAILED_ROWS";
  return new ScoreframeError(
    code,
    `${counted(ledger.deadLettered, "row")} ${among} could not be scored, and failure.max_failed_rows is ${limit}: nothing was published. ` +
      `${first === null ? "" : `The first: ${sentence(first.message)} `}The failed rows and their causes are in ${deadLetter}. ` +
      "Fix the rows or the model and run again, or raise failure.max_failed_rows to publish without them.",
    { ...place, option: "failure.max_failed_rows", details: { failed: ledger.deadLettered, limit } },
  );
}

/** The error, with what the service did that cost the rows: the first failure that the error quotes may be another one. */
export function withIncident(thrown: unknown, incident: ScoreframeError | null): unknown {
  if (incident === null || !ScoreframeError.is(thrown) || thrown.code !== "TOO_MANY_FAILED_ROWS") return thrown;
  const message = thrown.message.includes(incident.message) ? thrown.message : `${thrown.message} ${incident.message}`;
  return new ScoreframeError(thrown.code, message, {
    ...thrown.facts,
    details: { ...thrown.facts.details, ...incident.facts.details },
    cause: incident,
  });
}

/** A model's own words may end without a full stop. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

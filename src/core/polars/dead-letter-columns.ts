import type { Expr } from "./polars.ts";
import { pl } from "./polars.ts";

const NAMES = ["_shard", "_row_id", "_batch_index", "_error_code", "_error_message", "_attempts"];

export type DeadLetterCause = {
  readonly code: Expr;
  readonly message: Expr;
  readonly attempts: Expr;
  /** Where in the requests the row was; left out if it never got into one. */
  readonly place?: { readonly shard: Expr; readonly rowId: Expr; readonly batchIndex: Expr };
};

/** What a dead-letter file holds with the row itself: why it failed, and where it was sent. */
export function deadLetterColumns({ code, message, attempts, place }: DeadLetterCause): Expr[] {
  const nowhere = pl.lit(null).cast(pl.Int64);
  return [
    (place?.shard ?? nowhere).alias("_shard"),
    (place?.rowId ?? nowhere).alias("_row_id"),
    (place?.batchIndex ?? nowhere).alias("_batch_index"),
    code.alias("_error_code"),
    message.alias("_error_message"),
    attempts.alias("_attempts"),
  ];
}

/** The columns of a row that go into a dead-letter file: one of an earlier dead letter gives way to its successor. */
export function deadLetterSource<Column extends { readonly name: string }>(columns: readonly Column[]): Column[] {
  return columns.filter(({ name }) => !NAMES.includes(name));
}

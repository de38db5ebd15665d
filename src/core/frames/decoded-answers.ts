import type { RowCause } from "../protocols/error-object.ts";
import type { Protocol } from "../protocols/protocol.ts";
import type { ColumnType } from "./column-type.ts";
import type { RowKeys } from "./pair-line.ts";
import type { DataFrame } from "./polars.ts";

/** A row that could not be scored, by its position in the shard. */
export type RowFailure = { readonly row: number; readonly line: number; readonly cause: RowCause };

export type DecodedAnswers = {
  /** One column `prediction`, one row for each row of the shard; null where the row failed. */
  readonly predictions: DataFrame;
  readonly type: ColumnType;
  readonly failures: readonly RowFailure[];
};

export type DecodeAnswersInput = {
  readonly shard: number;
  /** Column `line`: the answer file's lines. */
  readonly lines: DataFrame;
  /** Rows of each request line; as many as there are lines. */
  readonly lineRows: readonly number[];
  readonly protocol: Protocol;
  /** What each request line was called, where that is known. */
  readonly ids?: readonly string[] | null;
  /** Keys of the rows, if predictions are paired by them. */
  readonly keys?: RowKeys;
  /** Names of the predictions that the job asks for. */
  readonly published?: readonly string[];
};

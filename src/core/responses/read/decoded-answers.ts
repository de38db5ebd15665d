import type { ColumnType } from "../../domain/types/column-type.ts";
import type { DataFrame } from "../../polars/polars.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import type { RowKeys } from "../pairing/pair-line.ts";

/** A row that could not be scored, by its position in the shard. */
export type RowFailure = { readonly row: number; readonly line: number; readonly cause: RowCause };

export type DecodedAnswers = {
  /** One column `prediction`, one row for each row of the shard; null if the row failed. */
  readonly predictions: DataFrame;
  readonly type: ColumnType;
  readonly failures: readonly RowFailure[];
  /** Of CSV, by column: see `CsvColumn`. */
  readonly alternatives?: readonly (ColumnType | null)[];
};

export type DecodeAnswersInput = {
  readonly shard: number;
  /** Column `line`: the answer file's lines, those of tensors as lists in JSON. */
  readonly lines: DataFrame;
  /** Rows of each request line; as many as there are lines. */
  readonly lineRows: readonly number[];
  readonly protocol: Protocol;
  /** Keys of the rows, if predictions are paired by them. */
  readonly keys?: RowKeys;
  /** Names of the predictions that the job asks for. */
  readonly published?: readonly string[];
  /** Put before the names of columns, for messages. */
  readonly prefix?: string;
};

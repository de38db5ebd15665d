/** A table to score. Every one has an int64 column `id` from 0 on, which identifies the row of a prediction. */
export type Dataset = {
  readonly name: string;
  /** Parquet file. */
  readonly path: string;
  readonly rows: number;
  /** The columns that are read, sent and written. */
  readonly columns: readonly string[];
  readonly partitionBy: readonly string[];
  readonly batchSize: number;
};

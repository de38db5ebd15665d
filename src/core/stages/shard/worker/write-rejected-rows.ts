import { join } from "node:path";
import type { ErrorCode } from "../../../errors/error-codes.ts";
import { deadLetterColumns, deadLetterSource } from "../../../polars/dead-letter-columns.ts";
import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { column, int64, pl } from "../../../polars/polars.ts";
import { writeParquet } from "../../../polars/write-parquet.ts";
import type { LineLimits } from "./line-plan.ts";
import { largestRowBytes } from "./line-plan.ts";
import type { UnsendableRows } from "./unsendable-rows.ts";

/** Rows that fit into no request, with their position in the table. */
export type OversizedRows = {
  readonly path: string;
  readonly rows: number;
  readonly first: { readonly position: number; readonly bytes: number };
  readonly limitBytes: number;
};

/** The rows that are encoded together: the name of their files, their offset in the table, and their columns. */
type Chunk = {
  readonly name: string;
  readonly offset: number;
  readonly columns: readonly { readonly name: string }[];
  readonly rejectedDirectory: string;
};

/** Bytes of each row in a request. */
export function bytesOf(encoded: DataFrame): Uint32Array {
  return encoded.getColumn("bytes").toTypedArray() as Uint32Array;
}

/** Whether a row fits into a request at all. */
export function fits(limits: LineLimits): Expr {
  const largest = Math.min(largestRowBytes(limits), Number.MAX_SAFE_INTEGER);
  return pl.col("bytes").cast(pl.Int64).ltEq(int64(largest));
}

/** Adds the column `position`: the row's number in the table. */
export function withPosition(encoded: DataFrame, offset = 0): DataFrame {
  return encoded.withColumn(
    pl.Series(
      "position",
      Int32Array.from({ length: encoded.height }, (_, row) => offset + row),
    ),
  );
}

/** Writes the rows that have a reason why they cannot be sent to a dead-letter file; null if there are none. */
export function writeUnsendable(encoded: DataFrame, input: Chunk): UnsendableRows | null {
  if (encoded.getColumn("reason").nullCount() === encoded.height) return null;
  const path = join(input.rejectedDirectory, `${input.name}-unsendable.parquet`);
  const rows = withPosition(encoded, input.offset).filter(pl.col("reason").isNotNull());
  const message = pl.concatString(
    [
      pl.lit("Row "),
      pl.col("position").cast(pl.Utf8),
      pl.lit(" of the source (0-based) is not sent: "),
      pl.col("reason"),
    ],
    "",
  );
  writeDeadLetters(rows, { code: "VALUE_UNSENDABLE", message }, input, path);
  const [position] = rows.getColumn("position").toTypedArray() as Int32Array;
  const [first] = rows.select(message.alias("message")).getColumn("message").toArray() as string[];
  return { path, rows: rows.height, first: { position: position as number, message: first as string } };
}

/** Writes the rows that are larger than any request to a dead-letter file; null if there are none. */
export function writeOversized(encoded: DataFrame, limits: LineLimits, input: Chunk): OversizedRows | null {
  const bytes = bytesOf(encoded);
  const largest = largestRowBytes(limits);
  const first = bytes.findIndex((size) => size > largest);
  if (first === -1) return null;
  const path = join(input.rejectedDirectory, `${input.name}-oversized.parquet`);
  const rows = encoded.filter(fits(limits).not());
  const cause = `The row needs more than the ${largest} bytes that a row may have in a request.`;
  writeDeadLetters(rows, { code: "ROW_TOO_LARGE", message: pl.lit(cause) }, input, path);
  const position = encoded.columns.includes("position")
    ? (encoded.getColumn("position").toTypedArray()[first] as number)
    : first;
  return {
    path,
    rows: rows.height,
    first: { position: input.offset + position, bytes: bytes[first] as number },
    limitBytes: largest,
  };
}

/** Writes rows that are in no request as dead letters. */
function writeDeadLetters(
  rows: DataFrame,
  cause: { readonly code: ErrorCode; readonly message: Expr },
  input: Chunk,
  path: string,
): void {
  const aliased = input.columns.map(({ name }, index) => ({ name, alias: `c${index}` }));
  const source = deadLetterSource(aliased).map(({ name, alias }) => column(alias).alias(name));
  const why = deadLetterColumns({
    code: pl.lit(cause.code),
    message: cause.message,
    attempts: pl.lit(0).cast(pl.Int32),
  });
  writeParquet(rows.lazy().select(...source, ...why), path);
}

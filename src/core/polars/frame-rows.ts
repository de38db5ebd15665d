import { messageOf, ScoreframeError } from "../errors/scoreframe-error.ts";
import type { DataFrame } from "./polars.ts";

/** Whether a value is a Polars frame, also one of another copy of the package. Decided by its tag, so that Polars need not be loaded. */
export function isFrame(value: unknown): value is DataFrame {
  return tagOf(value) === "DataFrame";
}

/** A query that was not collected, which is easily mistaken for a frame. */
export function isLazyFrame(value: unknown): boolean {
  return tagOf(value) === "LazyDataFrame";
}

/** Writes a frame of a program to a Parquet file. Throws `ROWS_INVALID`. */
export function writeFrame(frame: DataFrame, path: string): void {
  // A column hides the method of its name; this is the one method that is called, so that `height`, `lazy` or `limit` may be columns.
  if (typeof frame.writeParquet !== "function") {
    throw rowsInvalid(
      "The frame has a column named writeParquet, which hides the method that writes it: rename the column.",
    );
  }
  if (Object.keys(frame).length === 0) throw rowsInvalid("The frame has no columns, so there is nothing to score.");
  try {
    frame.writeParquet(path, { compression: "zstd" });
  } catch (cause) {
    throw rowsInvalid(`The frame could not be written as Parquet: ${messageOf(cause)}`, cause);
  }
}

function tagOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, Symbol.toStringTag) : undefined;
}

function rowsInvalid(message: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError("ROWS_INVALID", message, {
    operation: "read rows",
    ...(cause === undefined ? {} : { cause }),
  });
}

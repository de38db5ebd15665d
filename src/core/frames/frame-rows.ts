import type { FrameSource } from "../ports/frame-source.ts";
import { typeText } from "./column-type.ts";
import { readParquetSchema } from "./parquet-schema.ts";
import type { DataFrame } from "./polars.ts";
import { pl } from "./polars.ts";
import { writeParquet } from "./write-parquet.ts";

/** Whether a value is a Polars frame, also one of another copy of the package. */
export function isFrame(value: unknown): value is DataFrame {
  return pl.DataFrame.isDataFrame(value);
}

/** A Polars frame as the source of a run. */
export function createFrameRows(
  frame: DataFrame,
  columns: () => Promise<ReturnType<typeof readParquetSchema>>,
): FrameSource {
  return {
    kind: "rows",
    async describe() {
      return (await columns()).map(({ name, type }) => ({ name, type: typeText(type) }));
    },
    async extract(target, { limit }) {
      const rows = limit === undefined ? frame.height : Math.min(limit, frame.height);
      writeParquet(frame.lazy().slice(0, rows), target);
      return {
        path: target,
        rows,
        columns: readParquetSchema(target).map(({ name, type }) => ({ name, type: typeText(type) })),
      };
    },
  };
}

import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { parseSourceOptions } from "../../../core/job/read/parse-source-options.ts";
import { rowsSourceSchema } from "../../../core/job/schema/source-schema.ts";
import { isFrame, isLazyFrame } from "../../../core/polars/frame-rows.ts";
import { defineSource } from "../../../core/ports/source-plugin.ts";
import type { RowsInput } from "./for-each-row.ts";
import { createFrameSource } from "./frame-source.ts";
import { createRowsSource } from "./rows-source.ts";

/** `source: { kind: rows }`: a table file, or rows that a program passes, which replace its path. */
export const rowsPlugin = defineSource({
  specificationVersion: "v1",
  kind: "rows",
  takesRows: true,
  parseOptions: (input) => parseSourceOptions(rowsSourceSchema, "rows", input),
  create({ kind: _, path, ...reading }, { rows, baseDirectory, openStore }) {
    const input = rows ?? path;
    if (input === undefined) throw noRows();
    if (isFrame(input)) return createFrameSource(input);
    assertRows(input);
    return createRowsSource(typeof input === "string" ? { path: input, ...reading } : input, {
      baseDirectory,
      openStore,
    });
  },
});

/** Programs in JavaScript pass values that the types do not allow. */
function assertRows(input: unknown): asserts input is string | RowsInput {
  if (typeof input === "string") return;
  if (typeof input === "object" && input !== null && (Symbol.iterator in input || Symbol.asyncIterator in input))
    return;
  const what = isLazyFrame(input) ? "a lazy frame: collect it first (frame.collectSync())" : describeValue(input);
  throw new ScoreframeError(
    "ROWS_INVALID",
    `The rows that were passed are ${what}. Pass an array of objects, an iterable of them, a Polars frame, or the path of a table file.`,
    { operation: "read rows" },
  );
}

function describeValue(value: unknown): string {
  if (value instanceof Promise) return "a promise: await it first";
  return typeof value === "object" ? "an object that holds no rows" : `a ${typeof value}`;
}

function noRows(): ScoreframeError {
  return new ScoreframeError(
    "JOB_INVALID",
    "The job's source is rows, and there are none. Set source.path to a file, or pass rows: engine.run(job, { rows }).",
    { option: "source" },
  );
}

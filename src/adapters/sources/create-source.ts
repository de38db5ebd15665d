import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { Job } from "../../core/job/schema/job.ts";
import { isFrame, isLazyFrame } from "../../core/polars/frame-rows.ts";
import type { DataFrame } from "../../core/polars/polars.ts";
import type { FrameSource } from "../../core/ports/frame-source.ts";
import type { OpenStore } from "../../core/ports/object-store.ts";
import type { RowsInput } from "../../core/run/options.ts";
import type { SourceFactory } from "../../core/run/prepare-run.ts";
import { createFrameSource } from "./rows/frame-source.ts";
import { createRowsSource } from "./rows/rows-source.ts";
import { createSqlSource } from "./sql/sql-source.ts";

/** Makes the sources that jobs name. `openStore`: opens the store of a path that is not on this machine. */
export function createSourceFactory(openStore: OpenStore): SourceFactory {
  return (job, baseDirectory, rows) => createSource(job, { baseDirectory, openStore }, rows);
}

/** The source that a job names; rows that a program passes replace a path. */
function createSource(
  { source }: Pick<Job, "source">,
  place: { readonly baseDirectory: string; readonly openStore: OpenStore },
  rows: RowsInput | undefined,
): FrameSource {
  if (source.kind === "sql") {
    if (rows !== undefined)
      throw rowsMisplaced(
        "The job's source is SQL, and rows were passed too. Set source: { kind: rows }, or leave the rows out.",
      );
    return createSqlSource({ tables: source.tables, sql: source.sql, parameters: source.parameters, ...place });
  }
  const input = rows ?? source.path;
  if (input === undefined) {
    throw rowsMisplaced(
      "The job's source is rows, and there are none. Set source.path to a file, or pass rows: engine.run(job, { rows }).",
    );
  }
  if (isFrame(input)) return createFrameSource(input);
  assertRows(input);
  const { kind: _, path: __, ...reading } = source;
  return createRowsSource(typeof input === "string" ? { path: input, ...reading } : input, place);
}

/** Programs in JavaScript pass values that the types do not allow. */
function assertRows(input: Exclude<RowsInput, DataFrame>): void {
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

function rowsMisplaced(message: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", message, { option: "source" });
}

import type { RowsInput } from "../../core/pipeline/options.ts";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { Job } from "../../core/job/job.ts";
import type { FrameSource } from "../../core/ports/frame-source.ts";
import { createRowsSource } from "./rows-source.ts";
import { createSqlSource } from "./sql-source.ts";

/** The source that a job names; rows that a program hands over take the place of a path. */
export function createSource(
  { source }: Pick<Job, "source">,
  baseDirectory: string,
  rows: RowsInput | undefined,
): FrameSource {
  if (source.kind === "sql") {
    if (rows !== undefined)
      throw rowsMisplaced(
        "The job's source is SQL, and rows were handed over too. Set source: { kind: rows }, or leave the rows out.",
      );
    return createSqlSource({ tables: source.tables, sql: source.sql, baseDirectory });
  }
  const input = rows ?? source.path;
  if (input === undefined) {
    throw rowsMisplaced(
      "The job's source is rows, and there are none. Set source.path to a file, or hand rows over: engine.run(job, { rows }).",
    );
  }
  return createRowsSource(input, { baseDirectory });
}

function rowsMisplaced(message: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", message, { option: "source" });
}

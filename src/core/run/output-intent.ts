import type { Job } from "../job/schema/job.ts";
import type { OutputIntent } from "../ports/table-output.ts";

/** What a run of this job means to do with its table. */
export function outputIntent(runId: string, { name, output }: Pick<Job, "name" | "output">): OutputIntent {
  const { if_exists: ifExists, format, partition_by: partitionBy, schema } = output;
  return { runId, job: name, ifExists, format, partitionBy, schema };
}

import { createSourceFactory } from "../adapters/sources/create-source.ts";
import type { Job } from "../core/job/schema/job.ts";
import type { Column, SourceContext } from "../core/ports/frame-source.ts";
import { openStore } from "./open-stores.ts";

/** The columns that a job would read, without reading the table. Throws what a run would: a table that does not exist, SQL that is not valid, … */
export function describeSource(
  source: Job["source"],
  baseDirectory: string,
  context: SourceContext,
): Promise<readonly Column[]> {
  return createSourceFactory(openStore)({ source }, baseDirectory, undefined).describe(context);
}

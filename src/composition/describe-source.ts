import { BUILTIN_SOURCES } from "../adapters/sources/builtin-sources.ts";
import type { SourceChoice } from "../core/job/schema/job.ts";
import type { Column, SourceContext } from "../core/ports/frame-source.ts";
import { chooseSource, createSourceRegistry } from "../core/run/source-registry.ts";
import { openStore } from "./open-stores.ts";

/** The columns that a job would read, without reading the table. Throws what a run would: a table that does not exist, SQL that is not valid, … */
export async function describeSource(
  source: SourceChoice,
  baseDirectory: string,
  context: SourceContext,
): Promise<readonly Column[]> {
  const chosen = await chooseSource(source, { baseDirectory, openStore }, createSourceRegistry(BUILTIN_SOURCES));
  return chosen.describe(context);
}

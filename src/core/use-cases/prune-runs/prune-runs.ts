import type { RunReport } from "../../domain/run-report.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Keep } from "../../job/schema/keep.ts";
import { parseKeep } from "../../job/schema/keep.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunStore } from "../../ports/run-store.ts";

export type PruneRequest = {
  /** An age, `12h`, `7d` or `4w`: runs that ended longer ago are removed. Or a count, `20`: the newest 20 that have ended stay. */
  readonly keep: string | number;
  /** Reports what would be removed, and removes nothing. @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
};

/** What `scoreframe runs prune --json` prints. */
export type PruneReport = {
  readonly removed: readonly { readonly run_id: string; readonly job: string; readonly bytes: number }[];
  /** Runs that are still there, those that go on included. */
  readonly kept: number;
  /** Of all that was removed. */
  readonly bytes: number;
  readonly dry_run: boolean;
};

export type PruneTools = { readonly runStore: RunStore; readonly clock: Clock };

/**
 * Removes old runs from the workspace, each with all its files. A run that goes on stays, and so does whatever is not the folder of a run. Published
 * tables are not in the workspace: they are not touched.
 */
export async function pruneRuns(
  { keep, dryRun = false, signal }: PruneRequest,
  tools: PruneTools,
): Promise<PruneReport> {
  const limit = parseKeep(String(keep));
  if (limit?.kind !== "age" && limit?.kind !== "newest") {
    const message = `A workspace cannot be pruned to ${JSON.stringify(keep)}. Give an age such as 12h, 7d or 4w, or how many runs to keep, such as 20.`;
    throw new ScoreframeError("USAGE", message, { option: "keep" });
  }
  const reports = await tools.runStore.listReports();
  const removed: { run_id: string; job: string; bytes: number }[] = [];
  for (const { run_id, job } of outdated(reports, limit, tools.clock.now())) {
    signal?.throwIfAborted();
    const bytes = await tools.runStore.discard(run_id, "run", { dryRun, ...(signal === undefined ? {} : { signal }) });
    if (bytes !== null) removed.push({ run_id, job, bytes });
  }
  const bytes = removed.reduce((sum, run) => sum + run.bytes, 0);
  return { removed, kept: reports.length - removed.length, bytes, dry_run: dryRun };
}

/** The runs that have ended and are beyond the limit, newest first. */
function outdated(reports: readonly RunReport[], limit: Keep, now: number): readonly RunReport[] {
  const ended = reports.filter(({ status }) => status !== "running");
  if (limit.kind === "newest") return ended.slice(limit.runs);
  if (limit.kind !== "age") return [];
  // A run whose process was killed has no end: what is known is its start. A time that cannot be read is no reason to remove anything.
  return ended.filter(
    ({ finished_at, started_at }) => now - Date.parse(finished_at ?? started_at) > limit.milliseconds,
  );
}

import type { RunReport } from "../../domain/run-report.ts";
import { messageOf } from "../../errors/scoreframe-error.ts";
import { parseKeep } from "../../job/schema/keep.ts";
import type { EventSink } from "../../ports/event-sink.ts";
import type { PruneTools } from "./prune-runs.ts";
import { pruneRuns } from "./prune-runs.ts";

/**
 * Removes what `workspace.keep` does not keep, once the run's record is written. What cannot be removed is a warning: how the run ended is not changed
 * by it.
 */
export async function applyKeep(keep: string, report: RunReport, tools: PruneTools, events: EventSink): Promise<void> {
  const { kind } = parseKeep(keep) ?? { kind: "all" };
  const hasPublished = report.status === "succeeded" || report.status === "succeeded_with_dead_letters";
  try {
    if (kind === "none") await tools.runStore.discard(report.run_id, "all-but-report");
    else if (kind === "failed" && hasPublished) await tools.runStore.discard(report.run_id, "shards");
    else if (kind === "age") await pruneRuns({ keep }, tools);
  } catch (thrown) {
    events({
      type: "warning",
      message: `Not all that workspace.keep: ${keep} removes could be removed. ${messageOf(thrown)}`,
    });
  }
}

/** The report of a run of which nothing else is kept: its dead letters go, too. */
export function reportUnder(keep: string, report: RunReport): RunReport {
  return keep === "none" ? { ...report, dead_letter: null } : report;
}

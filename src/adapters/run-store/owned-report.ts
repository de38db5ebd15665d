import { hostname } from "node:os";
import type { RunReport } from "../../core/pipeline/run-report.ts";

/** Who writes a run's record: what tells a run that goes on from one whose process was killed. */
type Owner = { readonly host: string; readonly pid: number };
type OwnedReport = RunReport & { readonly owner?: Owner };

const DIED: RunReport["error"] = {
  code: "RUN_CANCELLED",
  message:
    "The run's process was killed before the run had ended. It published nothing unless the output's _manifest.json names its id; " +
    "run the job again, which starts over.",
};

/** The text of run.json. */
export function writeReport(report: RunReport): string {
  return recordText({ ...report, owner: { host: hostname(), pid: process.pid } satisfies Owner });
}

export function recordText(record: unknown): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Null where the text is no run's record: a run that is just being made, or somebody else's file. A run whose process has died is `incomplete`. */
export function readReport(text: string): RunReport | null {
  try {
    const { owner, ...report } = JSON.parse(text) as OwnedReport;
    if (report.started_at === undefined) return null;
    return report.status === "running" && hasDied(owner) ? { ...report, status: "incomplete", error: DIED } : report;
  } catch {
    return null;
  }
}

/** Of another machine's process nothing is known. */
function hasDied(owner: Owner | undefined): boolean {
  if (owner === undefined || owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

import type { RunReport } from "../../core/domain/run-report.ts";
import type { Discarded } from "../../core/ports/run-store.ts";

/** What stays when a run's shards are removed. */
const LASTING = /^(run\.json|job\.json|(ledger|dead-letter|logs)\/.*)$/;

/** A file of a run: its name below the run, with `/`. */
export type RunFile = { readonly name: string; readonly bytes: number };

/** Whether files of a run may be removed: its record is that of a run of this id, which has ended. */
export function isDiscardable(report: RunReport | null, runId: string): boolean {
  return report !== null && report.run_id === runId && report.status !== "running";
}

/** The files to remove. Only its record shows that a folder is that of a run, so the record is the last of them. */
export function discardedFiles<File extends RunFile>(files: readonly File[], what: Discarded): readonly File[] {
  const others = files.filter(({ name }) => name !== "run.json");
  if (what === "shards") return others.filter(({ name }) => !LASTING.test(name));
  return what === "all-but-report" ? others : [...others, ...files.filter(({ name }) => name === "run.json")];
}

export function totalBytes(files: readonly RunFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

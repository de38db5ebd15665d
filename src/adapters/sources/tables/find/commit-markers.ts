import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { tableUnreadable } from "../table-error.ts";

/** Databricks writes files at their final names; markers next to them show which transactions are done and which files they removed. */
export const COMMIT_MARKER = /^_(committed|started)_(\d+)$/;

/**
 * Rejects files next to Databricks' markers that are not committed, or were removed by a later transaction and are still there. `names`: all names of
 * one folder; `readText` reads one of them.
 */
export async function rejectUncommitted(
  table: string,
  folder: string,
  names: readonly string[],
  readText: (name: string) => Promise<string>,
): Promise<void> {
  const markers = names.filter((name) => COMMIT_MARKER.test(name));
  if (markers.length === 0) return;
  const present = new Set(names);
  for (const marker of markers) {
    const [, kind, transaction = ""] = COMMIT_MARKER.exec(marker) ?? [];
    if (kind === "started" && present.has(`_committed_${transaction}`)) continue;
    const dead =
      kind === "started"
        ? names.find((name) => name.includes(`tid-${transaction}-`))
        : removedBy(await readText(marker)).find((name) => present.has(name));
    if (dead !== undefined) throw isNotCommitted(table, `${folder}/${dead}`, marker, kind === "started");
  }
}

function removedBy(text: string): readonly string[] {
  try {
    const document: unknown = JSON.parse(text);
    const removed = typeof document === "object" && document !== null && "removed" in document ? document.removed : [];
    return Array.isArray(removed) ? removed.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

function isNotCommitted(table: string, file: string, marker: string, unfinished: boolean): ScoreframeError {
  const problem = unfinished ? "was not committed: its job failed or is still running" : "was replaced by a later job";
  return tableUnreadable(
    table,
    file,
    `Databricks' marker ${marker} says that the file ${problem}. Remove such files with VACUUM in Databricks, or export the rows with Spark, which reads the markers`,
  );
}

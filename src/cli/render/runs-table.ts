import type { RunReport } from "../../core/domain/run-report.ts";
import { formatTable } from "./format-table.ts";
import { setText } from "./set-text.ts";
import type { Style } from "./style.ts";
import { formatCount, formatSeconds, formatUsd } from "./units.ts";

/** A query that was set is longer than a line. */
const SET_WIDTH = 60;

/** One line per run. `now` is in milliseconds since the epoch. */
export function runsTable(
  reports: readonly RunReport[],
  { now, style }: { readonly now: number; readonly style: Style },
): string {
  const anySet = reports.some(({ set }) => Object.keys(set).length > 0);
  const anyCost = reports.some(({ cost }) => cost != null);
  const rows = reports.map((report) => [
    report.run_id,
    report.job,
    ...(anySet ? [setText(report.set, SET_WIDTH)] : []),
    report.status,
    formatCount(report.ledger.input),
    formatCount(report.ledger.dead_lettered),
    // The duration of a run that has not ended is unknown.
    report.finished_at === null ? "" : formatSeconds(report.timings_s.total),
    ...(anyCost ? [costCell(report)] : []),
    formatAge(now - Date.parse(report.started_at)),
  ]);
  return formatTable(
    [
      { title: "run" },
      { title: "job" },
      ...(anySet ? [{ title: "set" } as const] : []),
      { title: "status" },
      { title: "rows", align: "right" },
      { title: "dead letters", align: "right" },
      { title: "duration", align: "right" },
      ...(anyCost ? [{ title: "cost", align: "right" } as const] : []),
      { title: "begun" },
    ],
    rows,
    style,
  );
}

/** Records of earlier versions have no cost. */
function costCell({ cost }: RunReport): string {
  if (cost == null) return "";
  return cost.usd === null ? "unknown" : formatUsd(cost.usd);
}

/** `just now`, `5 min ago`, `3 h ago`, `12 days ago`. */
export function formatAge(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

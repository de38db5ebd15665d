import type { TableRepair } from "../../core/ports/table-output.ts";
import type { Fact } from "./format-facts.ts";
import { formatFacts } from "./format-facts.ts";
import type { SummaryLayout } from "./run-summary.ts";
import { showPath } from "./show-path.ts";
import { formatAmount } from "./units.ts";

export function repairSummary(report: TableRepair, { style, workingDirectory }: SummaryLayout): string {
  const { path, version, completed, rolled_back, restored, removed } = report;
  const unless0 = (count: number, noun: string): string | null => (count === 0 ? null : formatAmount(count, noun));
  const facts: Fact[] = [
    ["table", showPath(path, workingDirectory)],
    ["version", version === null ? "nothing was ever published" : String(version)],
    ["completed", unless0(completed, "publication")],
    ["rolled back", unless0(rolled_back, "publication")],
    ["restored", unless0(restored, "file")],
    ["removed", unless0(removed, "file")],
  ];
  const changed = completed + rolled_back + restored + removed > 0;
  return `${style("green", changed ? "Repaired" : "Nothing to repair")}\n${formatFacts(facts, style)}`;
}

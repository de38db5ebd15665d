import type { StitchReport } from "../../core/use-cases/stitch-files/stitch-prefixes.ts";
import type { Fact } from "./format-facts.ts";
import { formatFacts } from "./format-facts.ts";
import type { SummaryLayout } from "./run-summary.ts";
import { showPath } from "./show-path.ts";
import { formatAmount, formatBytes, formatCount } from "./units.ts";

export function stitchSummary(report: StitchReport, { style, workingDirectory }: SummaryLayout): string {
  const { output, columns, dead_lettered: deadLettered } = report;
  const path = showPath(output.path, workingDirectory);
  const facts: Fact[] = [
    ["input", `${formatAmount(report.files, "file")}, ${formatAmount(report.lines, "request")}`],
    ["rows", `${formatCount(output.rows)} of ${formatCount(report.rows)} with a prediction`],
    ["output", `${path} (${formatBytes(output.bytes)})`],
    ["dead letters", deadLettered === 0 ? null : `${formatAmount(deadLettered, "row")} in ${path}.dead-letter`],
    ["columns", columns.map(({ name, type }) => `${name} ${String(type)}`).join(", ")],
  ];
  return `${style(deadLettered === 0 ? "green" : "yellow", "Stitched")}\n${formatFacts(facts, style)}`;
}

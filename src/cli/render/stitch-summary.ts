import type { StitchReport } from "../../core/pipeline/stitch-prefixes.ts";
import type { Fact } from "./format-facts.ts";
import { formatFacts } from "./format-facts.ts";
import type { SummaryLayout } from "./run-summary.ts";
import { showPath } from "./show-path.ts";
import { formatAmount, formatBytes, formatCount } from "./units.ts";

export function stitchSummary(report: StitchReport, { style, workingDirectory }: SummaryLayout): string {
  const { output, columns, dead_lettered: deadLettered } = report;
  const facts: Fact[] = [
    ["input", `${formatAmount(report.files, "file")}, ${formatAmount(report.lines, "request")}`],
    ["rows", formatCount(report.rows)],
    ["failed rows", deadLettered === 0 ? null : `${formatCount(deadLettered)}, not in the table`],
    ["output", `${showPath(output.path, workingDirectory)} (${formatBytes(output.bytes)})`],
    ["columns", columns.map(({ name, type }) => `${name} ${String(type)}`).join(", ")],
  ];
  return `${style(deadLettered === 0 ? "green" : "yellow", "Stitched")}\n${formatFacts(facts, style)}`;
}

import type { PlanReport } from "../../core/use-cases/plan/plan.ts";
import type { Fact } from "./format-facts.ts";
import { formatFacts } from "./format-facts.ts";
import type { Style } from "./style.ts";
import { formatAmount, formatBytes, formatCount, formatUsd } from "./units.ts";
import { visibleText } from "./visible-text.ts";

/** The numbers of a plan, and its advice. */
export function planTable(plan: PlanReport, style: Style): string {
  const isEstimate = plan.sampled_rows < plan.rows;
  const about = isEstimate ? "about " : "";
  const facts: Fact[] = [
    ["rows", formatCount(plan.rows)],
    ["features", plan.features.join(", ")],
    ["passthrough", plan.passthrough.length === 0 ? null : plan.passthrough.join(", ")],
    ["sent to", `${plan.backend}, as ${plan.protocol}`],
    ["requests", `${about}${formatCount(plan.requests)} in ${formatAmount(plan.shards, "shard")}`],
    ["bytes", `${about}${formatBytes(plan.request_bytes)}, ${formatCount(plan.bytes_per_row)} a row`],
    ["estimated", isEstimate ? `from ${formatAmount(plan.sampled_rows, "row")}` : null],
    [
      "too large",
      plan.oversized_in_sample === 0
        ? null
        : `${formatAmount(plan.oversized_in_sample, "row")} of the sample fit into no request`,
    ],
    [
      "not sendable",
      plan.unsendable_in_sample === 0
        ? null
        : `${formatAmount(plan.unsendable_in_sample, "row")} of the sample have a value that ${plan.protocol} cannot carry`,
    ],
    ["cost", costText(plan.cost)],
  ];
  const advice = plan.advice.map((sentence) => `- ${visibleText(sentence)}\n`).join("");
  return `${style("bold", visibleText(plan.job))}\n${formatFacts(facts, style)}${advice}`;
}

function costText({ min_usd: least, max_usd: most, note }: PlanReport["cost"]): string {
  return least === null || most === null ? note : `${formatUsd(least)} to ${formatUsd(most)}\n${note}`;
}

import type { RunReport, RunStatus } from "../../core/domain/run-report.ts";
import type { Fact } from "./format-facts.ts";
import { formatFacts } from "./format-facts.ts";
import { setText } from "./set-text.ts";
import { showPath } from "./show-path.ts";
import type { Style, StyleName } from "./style.ts";
import { formatAmount, formatBytes, formatCount, formatRate, formatSeconds, formatUsd } from "./units.ts";
import { visibleText } from "./visible-text.ts";

export type SummaryLayout = { readonly style: Style; readonly workingDirectory: string };

const STATUS_WORDS: Readonly<Record<RunStatus, readonly [StyleName, string]>> = {
  running: ["cyan", "Running"],
  succeeded: ["green", "Succeeded"],
  succeeded_with_dead_letters: ["yellow", "Succeeded, with dead letters"],
  failed: ["red", "Failed"],
  incomplete: ["yellow", "Stopped"],
  cancelled: ["yellow", "Cancelled"],
};

/** The summary that a user reads when a run has ended. */
export function runSummary(report: RunReport, { style, workingDirectory }: SummaryLayout): string {
  const [colour, word] = STATUS_WORDS[report.status];
  const show = (path: string): string => showPath(path, workingDirectory);
  const facts: Fact[] = [
    ["run", report.run_id],
    ["set", Object.keys(report.set).length === 0 ? null : setText(report.set)],
    ["rows", ledgerText(report)],
    ["output", outputText(report, show)],
    ["dead letters", report.dead_letter === null ? null : deadLetterText(report.dead_letter, show)],
    ["requests", requestsText(report)],
    ["verified", verifiedText(report)],
    ["cost", costText(report)],
    ["time", timeText(report)],
  ];
  const next = nextStep(report, show);
  return `${style(colour, word)}: ${style("bold", visibleText(report.job))}\n${formatFacts(facts, style)}${next === null ? "" : `${next}\n`}`;
}

function ledgerText({ ledger, output, null_predictions: nulls }: RunReport): string {
  const { input, scored, dead_lettered: deadLettered, skipped } = ledger;
  if (input === 0 && output !== null) return "none: the source gives no rows";
  const others = [
    nulls === 0 ? null : `${formatCount(nulls)} with a null prediction`,
    deadLettered === 0 ? null : `${formatCount(deadLettered)} dead-lettered`,
    skipped === 0 ? null : `${formatCount(skipped)} skipped`,
  ].filter((part) => part !== null);
  return [`${formatCount(scored)} of ${formatCount(input)} scored`, ...others].join(", ");
}

function outputText({ output }: RunReport, show: (path: string) => string): string {
  if (output === null) return "nothing was published";
  const partitions = output.partitions.length > 0 ? `, ${formatAmount(output.partitions.length, "partition")}` : "";
  return `${show(output.path)} (${formatAmount(output.files, "file")}, ${formatBytes(output.bytes)}${partitions})`;
}

function deadLetterText({ path, rows }: NonNullable<RunReport["dead_letter"]>, show: (path: string) => string): string {
  return `${formatAmount(rows, "row")} with their causes in ${show(path)}`;
}

/** A complete run has sent all requests. Of any other run it is only known which shards were answered. */
function requestsText({ status, requests, shards, request_bytes: bytes, retries, backend }: RunReport): string | null {
  if (requests === 0) return null;
  const again = retries === 0 ? "" : `, ${formatAmount(retries, "retry", "retries")}`;
  const isWhole = status === "succeeded" || status === "succeeded_with_dead_letters";
  const sent = isWhole ? `to ${backend}` : `written for ${backend}`;
  const back = isWhole ? "" : ` (${formatCount(shards.scored)} scored)`;
  return `${formatCount(requests)} ${sent} in ${formatAmount(shards.total, "shard")}${back}, ${formatBytes(bytes)}${again}`;
}

/** Null if the run was not verified, because of its job or its backend. */
function verifiedText({ verification: found }: RunReport): string | null {
  if (found == null || found.skipped !== null) return null;
  const { rows, different, failed_alone: failed, largest_difference: largest, seconds } = found;
  const differing =
    different === 0 ? "none differs" : `${formatCount(different)} ${different === 1 ? "differs" : "differ"}`;
  const facts = [
    differing,
    failed === 0 ? null : `${formatCount(failed)} without a prediction`,
    different > 0 || largest === 0 ? null : `largest difference ${largest.toExponential(0)}`,
  ].filter((part) => part !== null);
  return `${formatAmount(rows, "row")} sent again alone, ${facts.join(", ")} (${formatSeconds(seconds)})`;
}

function costText({ cost }: RunReport): string | null {
  if (cost == null) return null;
  const { usd, seconds, instances, instance_type: type, price_per_hour: price } = cost;
  const basis = `${formatSeconds(seconds)} of ${instances} × ${type ?? "an instance"}`;
  return usd === null
    ? `unknown, set price_per_hour (${basis})`
    : `${formatUsd(usd)} (${basis} at ${price} USD an hour)`;
}

function timeText({ timings_s: timings, ledger }: RunReport): string {
  const { total, ...stages } = timings;
  const rate = formatRate(ledger.scored, total);
  const reached = Object.entries(stages).filter(([, seconds]) => seconds > 0);
  const each = reached.map(([stage, seconds]) => `${stage} ${formatSeconds(seconds)}`).join(", ");
  return [`${formatSeconds(total)}${rate === null ? "" : `, ${rate}`}`, each].filter((line) => line !== "").join("\n");
}

function nextStep({ status, dead_letter: deadLetter }: RunReport, show: (path: string) => string): string | null {
  if (status !== "succeeded_with_dead_letters" || deadLetter === null) return null;
  return `Next: see why in ${show(deadLetter.path)}, fix the rows or the model, and run the job again.`;
}

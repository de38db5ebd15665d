import type { Usage } from "../measure/measure.ts";
import type { StageResult } from "../sections/stages.ts";
import type { WholeResult } from "../sections/whole.ts";
import { markdownTable } from "./markdown-table.ts";
import { median } from "./median.ts";
import { cpuSeconds, USAGE_HEAD, usageCells } from "./usage-cells.ts";

const OURS = "scoreframe";

/** Whole processes, beside each other; ratios are the contender's median by ours of the same table. */
export function renderWhole(results: readonly WholeResult[]): string {
  const rows = results.map((result) => {
    const ours = results.find(({ dataset, contender }) => dataset === result.dataset && contender === OURS);
    return [
      `${result.dataset} ${result.contender}`,
      ...usageCells(usagesOf(result), result.rows, result.outcomes[0]?.requestBytes ?? 0),
      ratio(result, ours, (usage) => usage.wallSeconds),
      ratio(result, ours, cpuSeconds),
    ];
  });
  return markdownTable(["table, whole process", ...USAGE_HEAD, "wall / ours", "CPU / ours"], rows);
}

export function renderProcesses(results: readonly WholeResult[]): string {
  const rows = results.flatMap(({ dataset, contender, outcomes, rows }) =>
    Object.keys(outcomes[0]?.processes ?? {}).map((name) => [
      `${dataset} ${contender} ${name}`,
      ...usageCells(
        outcomes.flatMap(({ processes }) => processes?.[name] ?? []),
        rows,
        outcomes[0]?.requestBytes ?? 0,
      ),
    ]),
  );
  return markdownTable(["table, process", ...USAGE_HEAD], rows);
}

/** Where the time of a run of ours goes, from its first to its last act in a stage. */
export function renderTimings(results: readonly WholeResult[]): string {
  const names = ["extract", "shard", "score", "stitch", "publish", "total"];
  const rows = results
    .filter(({ contender }) => contender === OURS)
    .map(({ dataset, outcomes }) => [
      dataset,
      ...names.map((name) => median(outcomes.map(({ stages }) => stages?.[name] ?? 0)).toFixed(2)),
    ]);
  return markdownTable(["table, wall s", ...names], rows);
}

export function renderStages(results: readonly StageResult[]): string {
  const rows = results.map(({ dataset, stage, runs, rows, requestBytes }) => [
    `${dataset} ${stage}`,
    ...usageCells(runs, rows, requestBytes),
  ]);
  return markdownTable(["table, stage alone", ...USAGE_HEAD], rows);
}

export function renderColdStart(dataset: { readonly rows: number }, usages: readonly Usage[]): string {
  return markdownTable(
    ["command line", "wall s", "(least-most)", "CPU s", "peak MiB"],
    [[`${dataset.rows.toLocaleString("en-US")} rows`, ...usageCells(usages, dataset.rows, 0).slice(0, 4)]],
  );
}

function usagesOf({ outcomes }: WholeResult): Usage[] {
  return outcomes.map(({ usage }) => usage);
}

function ratio(result: WholeResult, ours: WholeResult | undefined, value: (usage: Usage) => number): string {
  if (ours === undefined) return "";
  return (median(usagesOf(result).map(value)) / median(usagesOf(ours).map(value))).toFixed(2);
}

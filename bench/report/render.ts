import type { Usage } from "../measure/measure.ts";
import { COLD_START_ROWS } from "../sections/cold-start.ts";
import type { EmulatorResult } from "../sections/emulator.ts";
import type { StageResult } from "../sections/stages.ts";
import type { WholeResult } from "../sections/whole.ts";
import { markdownTable } from "./markdown-table.ts";
import { median } from "./median.ts";
import { renderEmulator } from "./render-emulator.ts";
import { cpuSeconds, USAGE_HEAD, usageCells } from "./usage-cells.ts";

const OURS = "scoreframe";

/** What one call of the benchmarks measured; a part that was left out is empty. */
export type Figures = {
  readonly whole: readonly WholeResult[];
  readonly stages: readonly StageResult[];
  readonly coldStart: readonly Usage[];
  readonly shapes: readonly WholeResult[];
  readonly partitions: readonly WholeResult[];
  /** Older figures have none. */
  readonly emulator?: readonly EmulatorResult[];
};

export function renderFigures({ whole, stages, coldStart, shapes, partitions, emulator = [] }: Figures): string {
  const tables = [
    ...(whole.length === 0 ? [] : [renderWhole(whole), renderTimings(whole), renderProcesses(whole)]),
    ...(stages.length === 0 ? [] : [renderStages(stages)]),
    ...(coldStart.length === 0 ? [] : [renderColdStart(coldStart)]),
    ...[shapes, partitions].filter((results) => results.length > 0).map(renderWhole),
    ...(emulator.length === 0 ? [] : [renderEmulator(emulator)]),
  ];
  return tables.filter((table) => table !== "").join("\n\n");
}

/** Whole processes, side by side; ratios are the contender's median divided by ours of the same table. */
function renderWhole(results: readonly WholeResult[]): string {
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

function renderProcesses(results: readonly WholeResult[]): string {
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
  return rows.length === 0 ? "" : markdownTable(["table, process", ...USAGE_HEAD], rows);
}

/** The time of our runs by stage, from its first to its last action in a stage. */
function renderTimings(results: readonly WholeResult[]): string {
  const names = ["extract", "shard", "score", "stitch", "publish", "total"];
  const rows = results
    .filter(({ contender }) => contender === OURS)
    .map(({ dataset, outcomes }) => [
      dataset,
      ...names.map((name) => median(outcomes.map(({ stages }) => stages?.[name] ?? 0)).toFixed(2)),
    ]);
  return markdownTable(["table, wall s", ...names], rows);
}

function renderStages(results: readonly StageResult[]): string {
  const rows = results.map(({ dataset, stage, runs, rows, requestBytes }) => [
    `${dataset} ${stage}`,
    ...usageCells(runs, rows, requestBytes),
  ]);
  return markdownTable(["table, stage alone", ...USAGE_HEAD], rows);
}

function renderColdStart(usages: readonly Usage[]): string {
  return markdownTable(
    ["command line", "wall s", "(least-most)", "CPU s", "peak MiB"],
    [[`${COLD_START_ROWS.toLocaleString("en-US")} rows`, ...usageCells(usages, COLD_START_ROWS, 0).slice(0, 4)]],
  );
}

function usagesOf({ outcomes }: WholeResult): Usage[] {
  return outcomes.map(({ usage }) => usage);
}

function ratio(result: WholeResult, ours: WholeResult | undefined, value: (usage: Usage) => number): string {
  if (ours === undefined) return "";
  return (median(usagesOf(result).map(value)) / median(usagesOf(ours).map(value))).toFixed(2);
}

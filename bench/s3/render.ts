import type { Usage } from "../measure/measure.ts";
import { markdownTable } from "../report/markdown-table.ts";
import { median } from "../report/median.ts";
import { cpuSeconds, USAGE_HEAD, usageCells } from "../report/usage-cells.ts";
import type { CopyResult } from "./measure-copies.ts";
import type { RunResult } from "./measure-runs.ts";
import type { StitchResult } from "./measure-stitch.ts";

export type S3Figures = {
  /** Of the files that are copied: those of a run, its table included. */
  readonly files: { readonly count: number; readonly bytes: number };
  readonly copies: readonly CopyResult[];
  readonly runs: readonly RunResult[];
  readonly stitch: readonly StitchResult[];
};

const HEAD = [...USAGE_HEAD.slice(0, 4), "wall / baseline", "CPU / baseline"];

/** Each line with its baseline: the SDK alone, or the same work in folders. */
export function renderS3({ files, copies, runs, stitch }: S3Figures): string {
  const bytes = `${files.count} files, ${(files.bytes / 1e6).toFixed(0)} MB`;
  return [
    table([bytes, "MB/s"], copies, ({ by, direction, runs: usages }) => ({
      title: `${direction} by ${by}`,
      rate: (files.bytes / 1e6 / wall(usages)).toFixed(1),
      baseline: (other) => other.by === "sdk" && other.direction === direction,
    })),
    table(["run", "rows/s"], runs, ({ where, rows, runs: usages }) => ({
      title: `${rows.toLocaleString("en-US")} rows ${where}`,
      rate: Math.round(rows / wall(usages)).toLocaleString("en-US"),
      baseline: (other) => other.rows === rows && other.where === "in folders",
    })),
    table(["stitch", "shards/s"], stitch, ({ where, shards, runs: usages }) => ({
      title: `${shards.toLocaleString("en-US")} shards ${where}`,
      rate: (shards / wall(usages)).toFixed(1),
      baseline: (other) => other.where === "in folders",
    })),
  ].join("\n\n");
}

type Line<Result> = {
  readonly title: string;
  readonly rate: string;
  readonly baseline: (other: Result) => boolean;
};

function table<Result extends { readonly runs: readonly Usage[] }>(
  [name, rate]: readonly [string, string],
  results: readonly Result[],
  lineOf: (result: Result) => Line<Result>,
): string {
  const rows = results.map((result) => {
    const line = lineOf(result);
    const baseline = results.find(line.baseline)?.runs ?? [];
    const ratios = [wall(result.runs) / wall(baseline), cpu(result.runs) / cpu(baseline)];
    return [
      line.title,
      ...usageCells(result.runs, 0, 0).slice(0, 4),
      ...ratios.map((ratio) => ratio.toFixed(2)),
      line.rate,
    ];
  });
  return markdownTable([name, ...HEAD, rate], rows);
}

function wall(usages: readonly Usage[]): number {
  return median(usages.map(({ wallSeconds }) => wallSeconds));
}

function cpu(usages: readonly Usage[]): number {
  return median(usages.map(cpuSeconds));
}

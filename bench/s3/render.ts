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

export function renderS3({ files, copies, runs, stitch }: S3Figures): string {
  const compared = (
    title: string,
    cells: readonly string[],
    ours: readonly Usage[],
    other: readonly Usage[],
  ): string[] => [title, ...cells, (wall(ours) / wall(other)).toFixed(2), (cpu(ours) / cpu(other)).toFixed(2)];
  const against = <Item extends { readonly runs: readonly Usage[] }>(
    items: readonly Item[],
    is: (item: Item) => boolean,
  ) => items.find(is)?.runs ?? [];
  const head = [...USAGE_HEAD, "wall / baseline", "CPU / baseline"];
  return [
    markdownTable(
      [`${files.count} files, ${(files.bytes / 1e6).toFixed(0)} MB`, ...head],
      copies.map(({ by, direction, runs: usages }) => {
        const alone = against(copies, (other) => other.by === "sdk" && other.direction === direction);
        return compared(`${direction} by ${by}`, usageCells(usages, files.count, files.bytes), usages, alone);
      }),
    ),
    markdownTable(
      ["run", ...head],
      runs.map(({ where, rows, runs: usages }) => {
        const local = against(runs, (other) => other.rows === rows && other.where === "in folders");
        return compared(
          `${rows.toLocaleString("en-US")} rows ${where}`,
          usageCells(usages, rows, files.bytes),
          usages,
          local,
        );
      }),
    ),
    markdownTable(
      ["stitch", ...head],
      stitch.map(({ where, rows, shards, runs: usages }) => {
        const local = against(stitch, (other) => other.where === "in folders");
        return compared(
          `${shards.toLocaleString("en-US")} shards ${where}`,
          usageCells(usages, rows, 0),
          usages,
          local,
        );
      }),
    ),
  ].join("\n\n");
}

function wall(usages: readonly Usage[]): number {
  return median(usages.map(({ wallSeconds }) => wallSeconds));
}

function cpu(usages: readonly Usage[]): number {
  return median(usages.map(cpuSeconds));
}

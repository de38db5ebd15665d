import type { Usage } from "../measure/measure.ts";
import { median } from "./median.ts";

export const USAGE_HEAD = ["wall s", "(least-most)", "CPU s", "peak MiB", "rows/s", "MB/s"];

/** Medians of runs; rows and request bytes per second of wall time. */
export function usageCells(usages: readonly Usage[], rows: number, requestBytes: number): string[] {
  const walls = usages.map((usage) => usage.wallSeconds);
  const wall = median(walls);
  return [
    wall.toFixed(2),
    `${Math.min(...walls).toFixed(2)}-${Math.max(...walls).toFixed(2)}`,
    median(usages.map(cpuSeconds)).toFixed(2),
    (Math.max(...usages.map((usage) => usage.peakBytes)) / 2 ** 20).toFixed(0),
    Math.round(rows / wall).toLocaleString("en-US"),
    (requestBytes / 1e6 / wall).toFixed(1),
  ];
}

export function cpuSeconds(usage: Usage): number {
  return usage.userSeconds + usage.systemSeconds;
}

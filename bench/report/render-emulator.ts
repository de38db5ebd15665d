import type { EmulatorResult } from "../sections/emulator.ts";
import { markdownTable } from "./markdown-table.ts";
import { median } from "./median.ts";

/** Medians of runs; processor time and memory are those of the emulator's process alone. */
export function renderEmulator(results: readonly EmulatorResult[]): string {
  const rows = results.map(({ work, jobs, objects, bytes, runs }) => {
    const walls = runs.map(({ wallSeconds }) => wallSeconds);
    const wall = median(walls);
    return [
      work,
      wall.toFixed(2),
      `${Math.min(...walls).toFixed(2)}-${Math.max(...walls).toFixed(2)}`,
      median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      (Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 2 ** 20).toFixed(0),
      jobs === 1 ? "" : Math.round((60 * jobs) / wall).toLocaleString("en-US"),
      objects === 1 ? "" : Math.round(objects / wall).toLocaleString("en-US"),
      bytes < 1e6 ? "" : (bytes / 1e6 / wall).toFixed(1),
    ];
  });
  const head = ["emulator", "wall s", "(least-most)", "CPU s", "peak MiB", "jobs/min", "objects/s", "MB/s"];
  return markdownTable(head, rows);
}

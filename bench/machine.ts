import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import process from "node:process";

/** What the figures were measured on. */
export type Machine = ReturnType<typeof machine>;

export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    /** If it is more than the number of cores, other programs were using them. */
    loadAtStart: loadavg()[0] ?? 0,
  };
}

import { readdirSync, readFileSync } from "node:fs";

/** The peak resident memory of a process in bytes, shared pages included. */
export type PeakMemory = {
  readonly engine_bytes: number;
  /** Processes that the engine started, each at its own peak; null if the system does not report it. */
  readonly model_bytes: number | null;
};

export type MemoryWatch = {
  /** Ends the measurement. */
  end(): PeakMemory;
};

/** Child processes are gone when the run ends, so they are measured during the run. */
const INTERVAL_MS = 200;

/** Measures this process and those that it starts. */
export function watchMemory(): MemoryWatch {
  const children = new Map<string, number>();
  const look = (): void => {
    for (const pid of childPids()) {
      const peak = peakOf(pid);
      if (peak !== null) children.set(pid, peak);
    }
  };
  const timer = setInterval(look, INTERVAL_MS).unref();
  return {
    end() {
      clearInterval(timer);
      return {
        engine_bytes: peakOf("self") ?? process.resourceUsage().maxRSS * 1024,
        model_bytes: children.size === 0 ? null : [...children.values()].reduce((sum, bytes) => sum + bytes, 0),
      };
    },
  };
}

/** Linux keeps one list per thread. */
function childPids(): string[] {
  return attempt(() => readdirSync("/proc/self/task"), []).flatMap((thread) =>
    attempt(() => readFileSync(`/proc/self/task/${thread}/children`, "utf8"), "")
      .split(" ")
      .filter(Boolean),
  );
}

/** The kernel's own high-water mark in bytes, which no interval misses; null if the system does not report it. */
export function peakOf(pid: string): number | null {
  const status = attempt(() => readFileSync(`/proc/${pid}/status`, "utf8"), "");
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Processes and threads may end while they are read. */
function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

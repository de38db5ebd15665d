import { Worker } from "node:worker_threads";

/** The time between checks of the parent, and the grace for this process to end by itself once the parent is gone. */
const LOOK_MS = 500;
const GRACE_MS = 1500;

/**
 * Ends this process, and all that it started, soon after its parent is gone: a killed parent sends no signal, only stdin closes. It works from a
 * separate thread, because a model that computes for minutes leaves no time to look at stdin.
 */
export function watchParent(parent: number): void {
  const watcher = new Worker(WATCHER, {
    eval: true,
    workerData: { parent, lookMs: LOOK_MS, graceMs: GRACE_MS },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
    stdout: false,
    stderr: false,
    execArgv: [],
    env: {},
  });
  // Without it the process still ends with its stdin.
  watcher.on("error", () => undefined).unref();
}

/** Ends this process and those of its group, which it leads if it was started as a model's process. */
export function endGroup(): void {
  if (process.platform !== "win32") {
    try {
      process.kill(-process.pid, "SIGKILL");
    } catch {
      // This process is not the leader of a group.
    }
  }
  process.exit(0);
}

const WATCHER = `
const { workerData: { parent, lookMs, graceMs } } = require("node:worker_threads");
const kill = (pid) => { try { process.kill(pid, "SIGKILL"); } catch {} };
setInterval(() => {
  if (process.ppid === parent) return;
  setTimeout(() => { if (process.platform !== "win32") kill(-process.pid); kill(process.pid); }, graceMs);
}, lookMs);
`;

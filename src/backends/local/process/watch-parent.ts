import { Worker } from "node:worker_threads";

/** Between looks at the parent, and from its death until this process is ended, in which what ends by itself may do so. */
const LOOK_MS = 500;
const GRACE_MS = 1500;

/**
 * Ends this process, and all that it started, soon after its parent has gone: the parent may have been killed, which closes stdin and says nothing
 * more. From a thread of its own, because a model that computes for minutes leaves no time to look at stdin.
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
      // It leads no group.
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

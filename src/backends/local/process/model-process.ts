import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { groupIsAlive, signalGroup } from "./group-is-alive.ts";
import { readLogTail } from "./read-log-tail.ts";

export type ModelProcessOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder for `model.log`, to which the output of the process goes. */
  readonly logDirectory: string;
  /** Gives stdout to the caller instead of the log. */
  readonly captureStdout: boolean;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
};

export type ModelProcess = {
  readonly logPath: string;
  /** Null unless it was asked for. */
  readonly stdout: Readable | null;
  /** Resolves when the process has ended, in words: `exit code 1`, `signal SIGKILL`. */
  readonly exit: Promise<string>;
  hasExited(): boolean;
  /** Ends the process and all that it started, within the grace; may be called more than once. */
  stop(): Promise<void>;
};

const POLL_MS = 25;

/**
 * Starts a process as the leader of a group of its own, so that `stop` reaches whatever it starts. Its stdin is a pipe that closes when this
 * process ends, however it ends. Throws `MODEL_START_FAILED` if it cannot be started.
 */
export async function startModelProcess(options: ModelProcessOptions): Promise<ModelProcess> {
  mkdirSync(options.logDirectory, { recursive: true });
  const logPath = join(options.logDirectory, "model.log");
  const log = openSync(logPath, "a");
  const child = spawn(options.file, options.args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    detached: process.platform !== "win32",
    stdio: ["pipe", options.captureStdout ? "pipe" : log, log],
  });
  closeSync(log);
  // The pipe is never written to. That it breaks is noticed elsewhere, as the end of the process.
  child.stdin?.on("error", () => undefined);
  const exit = exitOf(child);
  await once(child, "spawn").catch((thrown: unknown) => {
    throw new ScoreframeError("MODEL_START_FAILED", `The model's process could not be started: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  });
  // A second Ctrl-C ends this process at once; a model that is busy would not look at its closed stdin for long.
  const killAtExit = (): void => signalAll(child, "SIGKILL");
  process.once("exit", killAtExit);
  let stopping: Promise<void> | null = null;
  return {
    logPath,
    stdout: child.stdout,
    exit,
    hasExited: () => hasExited(child),
    stop: () => {
      stopping ??= stopGroup(child, exit, options.graceMs).finally(() => process.off("exit", killAtExit));
      return stopping;
    },
  };
}

/** The error of a process that ended unexpectedly, with the last lines that it printed. */
export async function exitError({ logPath }: ModelProcess, how: string, when: string): Promise<ScoreframeError> {
  const tail = await readLogTail(logPath);
  return new ScoreframeError(
    "MODEL_EXITED",
    `The model's process ended (${how}) ${when}. Its log is ${logPath}${tail}`,
    {
      operation: "run model",
      retryable: false,
      details: { exit: how, log: logPath },
    },
  );
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
    child.once("error", (error) => resolve(error.message));
  });
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stopGroup(child: ChildProcess, exit: Promise<string>, graceMs: number): Promise<void> {
  // If the leader ended unexpectedly, the rest of its group is not worth waiting for.
  if (!hasExited(child)) {
    signalAll(child, "SIGTERM");
    const deadline = performance.now() + graceMs;
    while (performance.now() < deadline && (await anyRuns(child))) await sleep(POLL_MS);
  }
  signalAll(child, "SIGKILL");
  await exit;
  child.stdin?.destroy();
  child.stdout?.destroy();
}

function anyRuns(child: ChildProcess): Promise<boolean> {
  if (child.pid === undefined || process.platform === "win32") return Promise.resolve(!hasExited(child));
  return groupIsAlive(child.pid);
}

function signalAll(child: ChildProcess, signal: NodeJS.Signals): void {
  if (process.platform === "win32") child.kill(signal);
  else if (child.pid !== undefined) signalGroup(child.pid, signal);
}

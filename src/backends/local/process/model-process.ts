import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { readLogTail } from "./read-log-tail.ts";

export type ModelProcessOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder for `model.log`, which takes what the process prints. */
  readonly logDirectory: string;
  /** Hands stdout to the caller instead of the log. */
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

/** How long the rest of a group may outlive its leader: zombies that nobody reaps look alive for ever. */
const STRAGGLERS_MS = 1000;
const POLL_MS = 25;

/**
 * Starts a process as the leader of a group of its own, so that `stop` reaches whatever it starts. Its stdin is a pipe that closes when this
 * process ends, however it ends. Throws `MODEL_START_FAILED` where it cannot be started.
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
  // Writing is not what the pipe is for; that it breaks is how a death shows itself elsewhere.
  child.stdin?.on("error", () => undefined);
  const exit = exitOf(child);
  await once(child, "spawn").catch((thrown: unknown) => {
    throw new ScoreframeError("MODEL_START_FAILED", `The model's process could not be started: ${messageOf(thrown)}.`, {
      cause: thrown,
    });
  });
  let stopping: Promise<void> | null = null;
  return {
    logPath,
    stdout: child.stdout,
    exit,
    hasExited: () => hasExited(child),
    stop: () => {
      stopping ??= stopGroup(child, exit, options.graceMs);
      return stopping;
    },
  };
}

/** The error of a process that ended unasked, with what it printed last. */
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
  if (!hasExited(child)) {
    signalGroup(child, "SIGTERM");
    await Promise.race([exit, sleep(graceMs)]);
    if (hasExited(child)) await groupIsGone(child);
  }
  signalGroup(child, "SIGKILL");
  await exit;
  child.stdin?.destroy();
  child.stdout?.destroy();
}

async function groupIsGone(child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < STRAGGLERS_MS && signalGroup(child, 0); waited += POLL_MS) await sleep(POLL_MS);
}

/** Whether there was anybody to take the signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  if (process.platform === "win32") return child.kill(signal);
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

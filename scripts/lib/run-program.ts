import { spawn } from "node:child_process";
import process from "node:process";

export type ProgramResult = {
  /** The exit code; undefined if the program was stopped because it took too long, or never started. */
  readonly code: number | undefined;
  /** What it printed on stdout alone, and on both streams as they came. Empty if it was live. */
  readonly stdout: string;
  readonly output: string;
  readonly timedOut: boolean;
};

export type ProgramOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Print what the program prints as it comes, instead of keeping it. */
  readonly live?: boolean;
  readonly timeoutMs?: number;
};

/** Runs a program to its end, without a shell, and never throws: the result says how it ended. */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { cwd, env = process.env, live = false, timeoutMs = 10 * 60_000 } = options;
  return await new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: live ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    let timedOut = false;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    // A polite signal first, so that a test runner can end its own children.
    const timers: NodeJS.Timeout[] = [];
    timers.push(
      setTimeout(() => {
        timedOut = true;
        child.kill("SIGTERM");
        timers.push(setTimeout(() => child.kill("SIGKILL"), 10_000));
      }, timeoutMs),
    );
    const finish = (code: number | undefined): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, stdout, output, timedOut });
    };
    child.on("error", (error) => {
      output += error.message;
      finish(undefined);
    });
    child.on("close", (code) => finish(timedOut ? undefined : (code ?? 1)));
  });
}

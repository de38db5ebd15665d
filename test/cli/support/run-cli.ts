import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

export type CliProcess = {
  readonly child: ChildProcess;
  /** Resolves when stderr has had this text; rejects when the process ends without it. */
  readonly hasSaid: (text: string) => Promise<void>;
  readonly ended: Promise<EndedProcess>;
};

export type EndedProcess = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

export type CliOptions = {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly main?: string;
  /** A program, with its arguments, that gets the command to start behind them. */
  readonly through?: readonly string[];
};

/** Starts the command line as a process of its own, from its sources. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, main = MAIN, through = [] }: CliOptions,
): CliProcess {
  const line = [...through, process.execPath, "--disable-warning=ExperimentalWarning", main, ...args];
  const child = spawn(line[0] ?? "", line.slice(1), {
    cwd,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const ended = once(child, "close").then(() => ({ exitCode: child.exitCode, stdout: stdout(), stderr: stderr() }));
  const hasSaid = async (text: string): Promise<void> => {
    while (!stderr().includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`It ended without saying "${text}": ${stderr()}`);
      await Promise.race([once(child.stderr, "data"), ended]);
    }
  };
  return { child, hasSaid, ended };
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<EndedProcess> {
  return startCli(args, options).ended;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { peakOf } from "../../src/demo/peak-memory.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const INTERVAL_MS = 200;

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  /** Of its process, resident; null if the system does not report it. */
  readonly peakBytes: number | null;
};

/** Runs the command line in a separate process. Its progress goes to our stderr. */
export async function runScoreframe(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Ended> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, ...args], {
    env: env as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "inherit"],
    // Ctrl-C reaches every process of a terminal, and a second one stops at once: it is passed on, once.
    detached: true,
  });
  let [stdout, peakBytes]: [string, number | null] = ["", null];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const watch = setInterval(() => {
    peakBytes = peakOf(String(child.pid)) ?? peakBytes;
  }, INTERVAL_MS);
  const stop = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(child, "close");
  } finally {
    clearInterval(watch);
    signal.removeEventListener("abort", stop);
  }
  return { code: child.exitCode, stdout, peakBytes };
}

import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../scripts/lib/run-program.ts";
import { systemPython } from "./system-python.ts";

/** What a command used, all its processes together: wall and processor time in seconds, memory in bytes. */
export type Usage = {
  readonly wallSeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** The largest process, or the sum of several that lived at the same time. */
  readonly peakBytes: number;
};

export type Measured = Usage & { readonly stdout: string };

const WRAPPER = fileURLToPath(new URL("./measured.py", import.meta.url));
const LONGEST_MS = 3 * 3600_000;

/** Runs a command as a separate process and measures it as a whole; throws with its output if it fails. */
export async function measure(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Measured> {
  const report = join(tmpdir(), `scoreframe-bench-${randomUUID()}.json`);
  try {
    const { code, stdout, output } = await runProgram(systemPython(), [WRAPPER, report, ...command], {
      ...options,
      timeoutMs: LONGEST_MS,
    });
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code ?? "no exit code"}:\n${output}`);
    return { ...(JSON.parse(await readFile(report, "utf8")) as Usage), stdout };
  } finally {
    await rm(report, { force: true });
  }
}

/** The usage of several commands that were run one after the other. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const total = (value: (usage: Usage) => number): number => usages.reduce((sum, usage) => sum + value(usage), 0);
  return {
    wallSeconds: total((usage) => usage.wallSeconds),
    userSeconds: total((usage) => usage.userSeconds),
    systemSeconds: total((usage) => usage.systemSeconds),
    peakBytes: Math.max(...usages.map((usage) => usage.peakBytes)),
  };
}

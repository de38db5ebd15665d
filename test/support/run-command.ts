import { spawn } from "node:child_process";

export type CommandResult = { readonly code: number | null; readonly output: string };

/** Runs a program to its end; never throws. Where it cannot be started or takes too long the code is null. */
export function runCommand(
  file: string,
  args: readonly string[],
  withinMs = 10_000,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: withinMs,
      env: { ...process.env, ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output: output.trim() }));
  });
}

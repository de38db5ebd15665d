import { Readable, Writable } from "node:stream";
import type { CliContext, CliStream } from "../../../src/cli/cli-context.ts";
import { runCommandLine } from "../../../src/cli/command-line.ts";

/** A stream that keeps what is written to it. */
export type MemoryStream = CliStream & { readonly text: () => string };

export function memoryStream(terminal: { readonly isTTY?: boolean; readonly columns?: number } = {}): MemoryStream {
  const chunks: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return Object.assign(stream, terminal, { text: () => chunks.join("") });
}

export type Ended = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs a command line in this process, as from a script in `workingDirectory`. */
export async function runInProcess(
  args: readonly string[],
  workingDirectory: string,
  changes: Partial<Pick<CliContext, "env" | "signal">> = {},
): Promise<Ended> {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  const context: CliContext = {
    stdout,
    stderr,
    stdin: Readable.from([]),
    env: {},
    workingDirectory,
    signal: new AbortController().signal,
    ...changes,
  };
  const exitCode = await runCommandLine(args, context);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

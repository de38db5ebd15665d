import { exitCodeOfError } from "../failures/exit-code.ts";
import { failureDocument } from "../failures/failure-document.ts";
import { setupError } from "../failures/setup-error.ts";
import { printDocument } from "../print-document.ts";
import { useCompileCache } from "./compile-cache.ts";
import { listenForStop } from "./stop-signals.ts";

/** The command line as a process: its streams, its signals, its end. */
export async function startProcess(args: readonly string[]): Promise<void> {
  useCompileCache();
  const { stderr, stdin, env } = process;
  for (const stream of [process.stdout, stderr]) ignoreClosedReader(stream);
  const stdout = args.includes("--json") ? stdoutOfOurOwn() : process.stdout;
  const crash = firstCrash();
  const { runCommandLine } = await import("../command-line.ts").catch((thrown: unknown) =>
    endWithoutPackages(thrown, args, stdout),
  );
  const context = { stdout, stderr, stdin, env, workingDirectory: process.cwd(), signal: listenForStop() };
  const exitCode = await runCommandLine(args, context, crash);
  await Promise.all([flushed(stdout), flushed(stderr)]);
  // Exits explicitly, because a job written in TypeScript may have opened something that keeps the process alive.
  process.exit(exitCode);
}

/** Output of a model or a job file in this process goes to stderr, so that stdout has only the document. */
function stdoutOfOurOwn(): NodeJS.WriteStream {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  return Object.create(process.stdout, { write: { value: write } });
}

/** `scoreframe runs | head -1`, or a closed terminal: the work continues, and output without a reader is dropped. */
function ignoreClosedReader(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}

/** Rejects with uncaught errors; never resolves. */
function firstCrash(): Promise<never> {
  const crash = new Promise<never>((_resolve, reject) => {
    process.on("uncaughtException", reject);
  });
  crash.catch(() => undefined);
  return crash;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

function endWithoutPackages(thrown: unknown, args: readonly string[], stdout: NodeJS.WriteStream): never {
  const error = setupError(thrown);
  if (error === null) throw thrown;
  process.stderr.write(`${error.message}\n`);
  if (args.includes("--json")) printDocument(failureDocument(args[0], error), { stdout });
  process.exit(exitCodeOfError(error.code));
}

import type { Readable } from "node:stream";
import type { ExitCode } from "./failures/exit-code.ts";

/** As much of process.stdout and process.stderr as is used. */
export type CliStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The world around the command line. */
export type CliContext = {
  /** What was asked for, and nothing else. */
  readonly stdout: CliStream;
  /** Progress, warnings, errors: for whoever watches. */
  readonly stderr: CliStream;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborts when the command shall stop in order. */
  readonly signal: AbortSignal;
};

/** Runs a command and takes its exit code. */
export type Conclude = (exitCode: ExitCode) => void;

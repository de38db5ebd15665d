import type { Readable } from "node:stream";
import type { ExitCode } from "./failures/exit-code.ts";

/** The used part of process.stdout and process.stderr. */
export type CliStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The world around the command line. */
export type CliContext = {
  /** Takes only what the command was asked for. */
  readonly stdout: CliStream;
  /** Takes progress, warnings and errors, for the user. */
  readonly stderr: CliStream;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Aborts when the command should stop in an orderly way. */
  readonly signal: AbortSignal;
};

/** Runs a command and keeps its exit code. */
export type Conclude = (exitCode: ExitCode) => void;

import type { RunReport } from "../../core/domain/run-report.ts";
import type { ErrorCode } from "../../core/errors/error-codes.ts";
import { ERRORS } from "../../core/errors/error-codes.ts";

/** A public interface, see docs/reference/command-line.md. */
export const EXIT_CODES = {
  success: 0,
  failed: 1,
  /** The command line, the job, or something that they name is wrong: repeating it does not help. */
  usage: 2,
  /** Published, and some rows could not be scored. */
  deadLetters: 3,
  /** Stopped by a signal, a budget or a deadline; nothing was published. */
  incomplete: 4,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

export function exitCodeOfError(code: ErrorCode): ExitCode {
  return ERRORS[code].exit;
}

export function exitCodeOfRun({ status, error }: Pick<RunReport, "status" | "error">): ExitCode {
  switch (status) {
    case "succeeded":
      return EXIT_CODES.success;
    case "succeeded_with_dead_letters":
      return EXIT_CODES.deadLetters;
    case "incomplete":
    case "cancelled":
      return EXIT_CODES.incomplete;
    case "running":
    case "failed":
      return error === null ? EXIT_CODES.failed : exitCodeOfError(error.code);
  }
}

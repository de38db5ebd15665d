import type { ErrorCode } from "../core/errors/error-codes.ts";
import type { RunReport } from "../core/pipeline/run-report.ts";

/** A public interface, see docs/reference/command-line.md. */
export const EXIT_CODES = {
  success: 0,
  failed: 1,
  /** The command line, the job, or something that they name: no repetition heals it. */
  usage: 2,
  /** Published, and some rows could not be scored. */
  deadLetters: 3,
  /** Stopped by a signal, a budget or a deadline; nothing was published. */
  incomplete: 4,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** Errors that no repetition heals: somebody has to change the call, the job or the machine's set-up. */
const USAGE_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "USAGE",
  "JOB_FILE_NOT_FOUND",
  "JOB_FILE_UNREADABLE",
  "JOB_INVALID",
  "TEMPLATE_VARIABLE_MISSING",
  "COLUMN_UNKNOWN",
  "COLUMN_TYPE_UNSUPPORTED",
  "BACKEND_UNKNOWN",
  "BACKEND_LOAD_FAILED",
  "BACKEND_OPTIONS_INVALID",
  "PROTOCOL_UNSUPPORTED",
  "DEPENDENCY_MISSING",
  "SETUP_INCOMPLETE",
  "TABLE_NOT_FOUND",
  "SQL_INVALID",
  "AWS_CREDENTIALS_INVALID",
  "AWS_REGION_INVALID",
  "AWS_ACCESS_DENIED",
  "BUCKET_NOT_FOUND",
  "EMULATOR_OPTIONS_INVALID",
  "RUN_NOT_FOUND",
]);

/** Errors that end a run in order, before it was done. */
const STOPS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["RUN_CANCELLED", "BUDGET_EXCEEDED", "DEADLINE_EXCEEDED"]);

export function exitCodeOfError(code: ErrorCode): ExitCode {
  if (STOPS.has(code)) return EXIT_CODES.incomplete;
  return USAGE_ERRORS.has(code) ? EXIT_CODES.usage : EXIT_CODES.failed;
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

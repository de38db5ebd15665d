import type { ErrorCode } from "./error-codes.ts";
import { ScoreframeError } from "./scoreframe-error.ts";

/** As Node, Polars (by the numbers of Linux and macOS) and DuckDB say it. */
const TOO_MANY = /\b(EMFILE|ENFILE)\b|\(os error 2[34]\)|Cannot open file ".*": Too many open files/;

/** Errors that may quote a server, whose own limit is another one. */
const OF_SERVERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ROW_FAILED",
  "RESPONSE_INVALID",
  "TOO_MANY_FAILED_ROWS",
  "BACKEND_REFUSED",
]);

/** Plenty for a run; the usual default of a shell. */
const ENOUGH = 1024;

/**
 * An error that names the limit of open files if this is what ended the work, else null. The system rejects whatever is opened next, a file, a connection or
 * a process, so that the error names something that is not the cause.
 */
export function openFilesError(thrown: unknown): ScoreframeError | null {
  const said = rejectionIn(thrown);
  if (said === null) return null;
  const limit = openFilesLimit();
  const facts = ScoreframeError.is(thrown) ? thrown.facts : {};
  const isSystems = /\bENFILE\b|os error 23\)/.test(said) || (limit !== null && limit > ENOUGH);
  const now = limit === null ? "" : ` (ulimit -n is ${limit})`;
  const message = isSystems
    ? `Too many files are open${now}: ${said}. Close what else has many files open, or raise the limit, then run the job again.`
    : `The limit of open files${now} is too low: ${said}. Set ulimit -n ${ENOUGH} or more, then run the job again.`;
  return new ScoreframeError("STORAGE_FAILED", message, {
    ...facts,
    cause: thrown,
    details: { ...facts.details, openFilesLimit: limit },
  });
}

/** The first line of the system's own error in the chain of causes. */
function rejectionIn(thrown: unknown): string | null {
  let error = thrown;
  for (let depth = 0; error instanceof Error && depth < 10; depth += 1) {
    const isServers = ScoreframeError.is(error) && OF_SERVERS.has(error.code);
    const found = isServers ? null : TOO_MANY.exec(error.message);
    if (found !== null) return (error.message.split("\n")[0] as string).replace(/\.$/, "");
    error = error.cause;
  }
  return null;
}

/** Null if the system does not report it. */
function openFilesLimit(): number | null {
  // Its type misses a property that every supported Node has.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const former = report.excludeNetwork;
  // Names of the other sides of connections would be looked up.
  report.excludeNetwork = true;
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  report.excludeNetwork = former;
  const soft = userLimits?.open_files?.soft;
  return typeof soft === "number" ? soft : null;
}

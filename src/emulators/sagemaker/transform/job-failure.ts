/** Whose fault it was, as the service reports it in `FailureReason`. */
export type Blame = "ClientError" | "AlgorithmError" | "CapacityError" | "InternalServerError";

/** Why an object, or the whole job, could not be transformed. The message is the service's; the lines are for the job's log. */
export class JobFailure extends Error {
  readonly blame: Blame;
  readonly lines: readonly string[];

  constructor(blame: Blame, message: string, lines: readonly string[] = []) {
    super(message);
    this.blame = blame;
    this.lines = lines;
  }

  get reason(): string {
    return `${this.blame}: ${this.message}`;
  }
}

/** The common case: the reason is only in the log. */
export function seeLogs(blame: Blame, lines: readonly string[]): JobFailure {
  return new JobFailure(blame, "See job logs for more information", lines);
}

/** A fault that is neither the container's nor the caller's. */
export function internalError(lines: readonly string[]): JobFailure {
  return new JobFailure("InternalServerError", "We encountered an internal error. Please try again.", lines);
}

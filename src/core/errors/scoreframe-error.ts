import type { ErrorCode } from "./error-codes.ts";

/** What an error knows beyond its message; every member is safe to print (no secrets). */
export type ErrorFacts = {
  /** Id of the backend that failed. */
  readonly backend?: string;
  /** What was being done, as a verb phrase: "send request", "publish". */
  readonly operation?: string;
  /** Number of the shard, 0-based. */
  readonly shard?: number;
  /** Number of the line in its shard, 0-based. */
  readonly line?: number;
  /** Whether the same act may succeed when it is tried again. */
  readonly retryable?: boolean;
  /** Where in the job file: `requests.batch_size`. */
  readonly option?: string;
  /** HTTP status of the answer that was rejected. */
  readonly status?: number;
  /** Counts and names that the message mentions, for machines. */
  readonly details?: Readonly<Record<string, unknown>>;
};

const BRAND = Symbol.for("scoreframe.error");

/** The one error class. The message says what happened, to what, and what to do next. */
export class ScoreframeError extends Error {
  override readonly name = "ScoreframeError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts & { cause?: unknown } = {}) {
    const { cause, ...rest } = facts;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = Object.freeze(rest);
  }

  /** Survives two copies of the package in one process, unlike `instanceof`. */
  static is(value: unknown): value is ScoreframeError {
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** The `error` object of `--json` and of run.json. */
  toJSON(): { code: ErrorCode; message: string } & ErrorFacts {
    return { code: this.code, message: this.message, ...this.facts };
  }
}

/** The text of anything thrown, for use inside another message. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

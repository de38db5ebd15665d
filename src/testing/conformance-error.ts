/** What a backend did that it must not do. A declared deviation names the one that it expects. */
export type ConformanceCode =
  | "LINES_MISSING"
  | "ROWS_MIXED_UP"
  | "ROWS_LOST"
  | "ERROR_OBJECT_MISSING"
  | "WRONG_COUNT_PASSED"
  | "TEXT_CHANGED"
  | "NOT_RETRIED"
  | "NOT_CANCELLED"
  | "FILES_LEFT"
  | "SHARDS_HOARDED"
  | "SHARD_NOT_ANSWERED";

/** A broken promise of the contract, found by a conformance case. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
  readonly code: ConformanceCode;

  constructor(code: ConformanceCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** The code by which a case failed: of this suite, of the backend's own error, or `THREW` if there is none. */
export function failureCode(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "THREW";
  return typeof thrown.code === "string" ? thrown.code : "THREW";
}

/** Throws the error unless the condition holds. */
export function demand(condition: boolean, code: ConformanceCode, message: string): asserts condition {
  if (!condition) throw new ConformanceError(code, message);
}

import type { ErrorCode } from "../../../core/errors/error-codes.ts";

/** Why the rows of one request have no predictions: the rows' fault, not the server's. */
export type RowFault = {
  readonly code: ErrorCode;
  readonly message: string;
  /** Times that the rows were sent together before it was given up. */
  readonly attempts: number;
  /** Whether sending fewer of the rows may help. */
  readonly isolable: boolean;
};

/** The error object that stands for the failed row (or for all rows of a line) in an answer. One line of JSON. */
export function errorObject(fault: RowFault): Buffer {
  const { code, message, attempts } = fault;
  return Buffer.from(JSON.stringify({ error: { code, message, attempts } }));
}

/** Whether a parsed answer is an error object: its only key is a non-null `error`. */
export function isErrorObject(value: unknown): value is { readonly error: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === 1 && "error" in value && value.error !== null;
}

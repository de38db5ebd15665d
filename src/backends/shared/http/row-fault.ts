import type { RowCause } from "../../../core/protocols/error-object.ts";
import { errorObjectText } from "../../../core/protocols/error-object.ts";

/** Why the rows of one request have no predictions: the rows' fault, not the server's. */
export type RowFault = RowCause & {
  /** Whether sending fewer of the rows may help. */
  readonly isolable: boolean;
};

/** The error object that stands for the failed row (or for all rows of a line) in an answer. One line of JSON. */
export function errorObject(fault: RowFault): Buffer {
  return Buffer.from(errorObjectText(fault));
}

/** Whether a parsed answer is an error object: its only key is a non-null `error`. */
export function isErrorObject(value: unknown): value is { readonly error: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === 1 && "error" in value && value.error !== null;
}

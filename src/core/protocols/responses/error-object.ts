import type { ErrorCode } from "../../errors/error-codes.ts";
import { ERROR_CODES } from "../../errors/error-codes.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { exactField, isExactObject, stringifyExact } from "../../json/exact-json.ts";

/** Why a row could not be scored. */
export type RowCause = { readonly code: ErrorCode; readonly message: string; readonly attempts: number };

/**
 * Whether a parsed answer, however its numbers are held, is an error object. It replaces the prediction of a row (or, as a whole answer line, of all rows of
 * that line) that could not be scored: an object whose only key is a non-null `error`. A prediction may have a field `error` among others.
 */
export function isErrorObject(value: unknown): value is { readonly error: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === 1 && "error" in value && value.error !== null;
}

/** Why the row failed, if the value is an error object that holds a text or `{ code, message, attempts }`; else null. */
export function readErrorObject(value: ExactJson): RowCause | null {
  if (!isErrorObject(value)) return null;
  const error = exactField(value, "error") ?? null;
  if (!isExactObject(error)) {
    return { code: "ROW_FAILED", message: typeof error === "string" ? error : stringifyExact(error), attempts: 1 };
  }
  const [code, message, attempts] = ["code", "message", "attempts"].map((key) => exactField(error, key));
  return {
    code: isErrorCode(code) ? code : "ROW_FAILED",
    message: typeof message === "string" ? message : stringifyExact(error),
    attempts: Math.max(1, Number.parseInt(stringifyExact(attempts ?? null), 10) || 1),
  };
}

/** The text of an error object, on one line. */
export function errorObjectText(cause: RowCause): string {
  return JSON.stringify({ error: { code: cause.code, message: cause.message, attempts: cause.attempts } });
}

function isErrorCode(value: ExactJson | undefined): value is ErrorCode {
  return typeof value === "string" && (ERROR_CODES as readonly string[]).includes(value);
}

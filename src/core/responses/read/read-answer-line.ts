import { findDoubledKey } from "../../json/doubled-key.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { isExactObject, parseExact } from "../../json/exact-json.ts";
import { exactAt, pointerText } from "../../json/json-pointer.ts";
import { namedKeys } from "../../json/named-keys.ts";
import { isTooDeep, MOST_LEVELS } from "../../json/nesting.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import { readErrorObject } from "../../protocols/responses/error-object.ts";
import { reportedError } from "../../protocols/responses/reported-error.ts";
import { counted } from "../../util/counted.ts";
import { findUnreadable } from "../types/json-type.ts";

/** Most characters of an answer that a message quotes. */
const QUOTED = 120;

/** What one row got: its prediction, or why it has none. */
export type RowAnswer =
  | { readonly value: ExactJson; readonly cause: null }
  | { readonly value: null; readonly cause: RowCause };

/** An answer line, read by itself: an answer for each of its rows in their order, or why all of them failed. `where` begins the messages. */
export function readAnswerLine(text: string, where: string, protocol: Protocol): readonly RowAnswer[] | RowCause {
  if (isTooDeep(Buffer.from(text))) {
    return rowCause("RESPONSE_INVALID", `${where}: the response is nested more than ${MOST_LEVELS} levels deep.`);
  }
  let answer: ExactJson;
  let plain: unknown;
  try {
    answer = parseExact(text);
    plain = JSON.parse(text);
  } catch (error) {
    const reason = text.trim() === "" ? "is empty" : `is not JSON (${(error as Error).message}): ${quote(text)}`;
    const hint = "Make sure that the model server answers strict JSON (no bare NaN) for every request.";
    return rowCause("LINE_NOT_JSON", `${where}: the answer ${reason}. ${hint}`);
  }
  const { holds, path, bare } = protocol.predictionPlace;
  const doubled = findDoubledKey(text, plain);
  if (doubled !== null) {
    const key = JSON.stringify(doubled);
    return rowCause("RESPONSE_INVALID", `${where}: an object of the response has the key ${key} twice.`);
  }
  if (holds === "value" && path.length === 0) return [rowAnswer(answer, where)];
  const cause = readErrorObject(answer);
  if (cause !== null) return cause;
  const error = reportedError(plain, path);
  if (error !== undefined) {
    return rowCause(
      "ROW_FAILED",
      `The model reported an error: ${typeof error === "string" ? error : JSON.stringify(error)}`,
    );
  }
  const found = bare && Array.isArray(answer) ? answer : exactAt(answer, path);
  if (holds === "value" && found !== undefined) return [rowAnswer(found, where)];
  // A server that drops dimensions of one element answers a single row with its prediction alone; the count is checked.
  if (holds === "list" && path.length > 0 && isScalar(found)) return [rowAnswer(found, where)];
  if (holds === "list" && Array.isArray(found)) return found.map((value: ExactJson) => rowAnswer(value, where));
  return rowCause("RESPONSE_INVALID", `${where}: ${noPredictions(answer, text, protocol)}`);
}

function isScalar(value: ExactJson | undefined): value is ExactJson {
  return value !== undefined && value !== null && !Array.isArray(value) && !isExactObject(value);
}

function noPredictions(answer: ExactJson, text: string, { id, predictionPlace: { holds, path } }: Protocol): string {
  const what = holds === "list" ? "list" : "value";
  if (path.length === 1 && path[0] === "predictions")
    return `the answer has no list "predictions": ${quote(text)}. See that the server speaks the protocol ${id}, or set response.predictions.`;
  const keys = isExactObject(answer) ? ` Its top-level keys are ${namedKeys(answer)}.` : "";
  return `the answer has no ${what} at ${pointerText(path)}: ${quote(text)}.${keys} Correct response.predictions.`;
}

/** Why the rows of a line failed that has another number of predictions. */
export function countMismatch(where: string, predictions: number, rows: number): RowCause {
  return rowCause(
    "PREDICTION_COUNT_MISMATCH",
    `${where}: ${counted(predictions, "prediction")} for ${counted(rows, "row")}. The model must return one prediction per row, in the order of the rows.`,
  );
}

/** A prediction, or why there is none. */
export function rowAnswer(value: ExactJson, where: string): RowAnswer {
  const cause = readErrorObject(value);
  if (cause !== null) return { value: null, cause };
  const unreadable = findUnreadable(value);
  if (unreadable === null) return { value, cause: null };
  return {
    value: null,
    cause: rowCause("RESPONSE_INVALID", `${where}: a prediction holds ${unreadable}. Fix the model's output.`),
  };
}

export function rowCause(code: RowCause["code"], message: string): RowCause {
  return { code, message, attempts: 1 };
}

function quote(text: string): string {
  return JSON.stringify(text.length > QUOTED ? `${text.slice(0, QUOTED)}…` : text);
}

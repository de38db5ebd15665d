import type { ErrorCode } from "../../errors/error-codes.ts";
import type { ExactJson } from "../../json/exact-json.ts";
import { exactField, isExactObject, parseExact, stringifyExact } from "../../json/exact-json.ts";
import { readTensors } from "../tensors.ts";
import { errorObjectText, isErrorObject } from "./error-object.ts";

/** Most characters of an answer that a message quotes. */
const QUOTED = 120;

/**
 * A V2 answer as a JSON list of predictions: those of one output, or objects of all. A list of predictions, be it under `predictions`, and an error object
 * stay as they are; any other answer becomes an error object. `id` is the id of the request, null if that is not known.
 */
export function tensorAnswerJson(text: string, id: string | null): string {
  const answer = parsed(text);
  if (answer === undefined || !isExactObject(answer) || "predictions" in answer || isErrorObject(answer)) return text;
  const [outputs, echoed] = ["outputs", "id"].map((key) => exactField(answer, key));
  if (id !== null && typeof echoed === "string" && echoed !== "" && echoed !== id) {
    return failure("ECHOED_ID_MISMATCH", `The answer is to the request "${echoed}", and the request was "${id}".`);
  }
  if (!Array.isArray(outputs))
    return failure("RESPONSE_INVALID", `The answer has no list "outputs": ${text.slice(0, QUOTED)}`);
  const tensors = readTensors(outputs);
  if ("complaint" in tensors) {
    const code = tensors.isCount ? "PREDICTION_COUNT_MISMATCH" : "RESPONSE_INVALID";
    return failure(code, `The outputs of the answer cannot be rows: ${tensors.complaint}.`);
  }
  const [only] = tensors;
  if (tensors.length === 1) return stringifyExact((only?.rows ?? []) as ExactJson);
  const rows = (only?.rows ?? []).map((_, row) =>
    Object.fromEntries(tensors.map((each) => [each.name, each.rows[row]])),
  );
  return stringifyExact(rows as ExactJson);
}

function parsed(text: string): ExactJson | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function failure(code: ErrorCode, message: string): string {
  return errorObjectText({ code, message, attempts: 1 });
}

import { findDoubledKey } from "../../../../core/json/doubled-key.ts";
import type { JsonPath } from "../../../../core/json/json-pointer.ts";
import { pointerText } from "../../../../core/json/json-pointer.ts";
import { namedKeys } from "../../../../core/json/named-keys.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { isErrorObject } from "../../../../core/protocols/responses/error-object.ts";
import { reportedError } from "../../../../core/protocols/responses/reported-error.ts";
import { counted } from "../../../../core/util/counted.ts";
import type { RowFault } from "../isolation/row-fault.ts";
import type { HttpReply } from "../transport/http-exchange.ts";
import { answerExcerpt, contentTypeOf, shorten } from "./answer-excerpt.ts";
import type { ParsedJson } from "./answer-text.ts";
import { bareNonFinite } from "./bare-non-finite.ts";
import { breaksOff } from "./json-breaks-off.ts";

/** Most characters of the end of a response that a message quotes. */
const TAIL_CHARACTERS = 80;

/** What is wrong with an answer that has a 2xx status. */
export type AnswerFault = Omit<RowFault, "attempts">;

export function notJson(reply: HttpReply, text: Buffer): AnswerFault {
  const type = contentTypeOf(reply);
  const excerpt = JSON.stringify(shorten(text.toString("utf8", 0, 1000)));
  if (/html/i.test(type) || text[0] === 0x3c) {
    // A login or error page: it does not depend on the rows.
    const what = /^<\?xml/i.test(text.toString("utf8", 0, 5)) ? "XML" : "HTML";
    const fix = "Check that `url` is the model's own address";
    return { ...invalid(`${what} instead of JSON (${type}): ${excerpt}. ${fix}`), isolable: false };
  }
  if (breaksOff(text)) {
    const tail = JSON.stringify(text.toString("utf8").slice(-TAIL_CHARACTERS));
    return invalid(`JSON that breaks off after ${text.length} bytes (${type}): its end is ${tail}`);
  }
  const bare = bareNonFinite(text);
  if (bare !== undefined) {
    return invalid(
      `a bare ${bare}, which is not JSON: let the model answer null or a finite number, or set \`non_finite: as_null\``,
    );
  }
  return invalid(`something that is not JSON (${type}): ${excerpt}`);
}

/** What is wrong with a whole JSON document, before its predictions are looked at; null if nothing is. */
export function documentFault({ text, value }: ParsedJson, path: JsonPath): AnswerFault | null {
  const doubled = findDoubledKey(text, value);
  if (doubled !== null) return invalid(`an object that has the key ${JSON.stringify(doubled)} twice`);
  if (path.length > 0 && isErrorObject(value)) return reported(value.error);
  const error = reportedError(value, path);
  return error === undefined ? null : reported(error);
}

function reported(error: unknown): AnswerFault {
  const said = answerExcerpt(Buffer.from(typeof error === "string" ? error : JSON.stringify(error)));
  return { code: "ROW_FAILED", message: `The model reported an error: ${said}`, isolable: true };
}

export function invalid(what: string): AnswerFault {
  return { code: "RESPONSE_INVALID", message: `The server answered with ${what}.`, isolable: true };
}

/** A response that is JSON, without predictions at their place. */
export function noPredictions(
  value: unknown,
  text: Buffer,
  { predictionPlace }: Pick<Protocol, "predictionPlace">,
): AnswerFault {
  const { holds, path, bare } = predictionPlace;
  const excerpt = JSON.stringify(shorten(text.toString("utf8", 0, 1000)));
  if (typeof value === "string" && /^\s*[[{]/.test(value)) {
    const fix = "Let the server return the object itself: it is encoded twice";
    return invalid(`${excerpt}, which is a string that holds JSON. ${fix}`);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const keys = isObject ? ` Its top-level keys are ${namedKeys(value)}` : "";
  if (path.length === 1 && path[0] === "predictions") {
    const hint = isObject ? `.${keys}: set response.predictions to where they are` : "";
    return invalid(`${excerpt}, which ${bare ? "is no list, and " : ""}has no list under "predictions"${hint}`);
  }
  const place = path.length === 0 ? "is no list" : `has no ${holds} at ${pointerText(path)}`;
  return invalid(`${excerpt}, which ${place}.${keys}${keys === "" ? " C" : ": c"}orrect response.predictions`);
}

export function wrongCount(
  code: "LINE_COUNT_MISMATCH" | "PREDICTION_COUNT_MISMATCH",
  got: number,
  what: string,
  rows: number,
): AnswerFault {
  const count = counted(got, what);
  const message = `The server answered with ${count} to ${counted(rows, "row")}; it must answer each row once, in order.`;
  return { code, message, isolable: true, count };
}

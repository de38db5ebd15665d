import { isUtf8 } from "node:buffer";
import { parseExact, stringifyExact } from "../../../../core/json/exact-json.ts";
import { exactAt, valueAtPath } from "../../../../core/json/json-pointer.ts";
import { isTooDeep, MOST_LEVELS } from "../../../../core/json/nesting.ts";
import { withoutByteOrderMark } from "../../../../core/lines/byte-order-mark.ts";
import { isErrorObject, readErrorObject } from "../../../../core/protocols/responses/error-object.ts";
import { tensorAnswerJson } from "../../../../core/protocols/responses/tensor-answer.ts";
import { wrapPredictions } from "../request-envelope.ts";
import type { HttpReply } from "../transport/http-exchange.ts";
import type { AnswerFault } from "./answer-faults.ts";
import { documentFault, invalid, noPredictions, notJson, wrongCount } from "./answer-faults.ts";
import type { ParsedJson } from "./answer-text.ts";
import { NEWLINE, nonBlankLines, oneLine, parseJson } from "./answer-text.ts";
import { withoutNonFinite } from "./bare-non-finite.ts";
import { checkCsv } from "./check-csv.ts";
import type { GoodAnswer, Question } from "./good-answer.ts";
import { listAtPath, listElements, trimSpan } from "./json-spans.ts";
import { pairResponse } from "./pair-response.ts";

/** Keeps an answer with a 2xx status only if it follows the protocol. Otherwise its rows fail, with the reason. */
export function checkAnswer(reply: HttpReply, question: Question): GoodAnswer | AnswerFault {
  const { pairing } = question.protocol;
  const answer = readPredictions(reply, question);
  return pairing !== undefined && "lines" in answer ? pairResponse(answer, question, pairing) : answer;
}

function readPredictions(reply: HttpReply, question: Question): GoodAnswer | AnswerFault {
  const body = withoutByteOrderMark(reply.body);
  const { start, end } = trimSpan(body, 0, body.length);
  if (start === end) return invalid(`an empty body (status ${reply.status})`);
  if (!isUtf8(body)) return invalid("bytes that are not UTF-8");
  const given = body.subarray(start, end);
  // Checked before parsing, because JSON readers need stack for each level.
  if (holdsJson(given, question.protocol) && isTooDeep(given)) return invalid(TOO_DEEP);
  const text = question.nonFinite === "as_null" ? withoutNonFinite(given) : given;
  if (question.protocol.answerNotation === "csv") return checkCsv({ ...reply, body }, text, question);
  if (question.protocol.answerNotation === "tensors") return checkTensors(reply, text, question);
  return question.protocol.lineHolds === "row" ? checkLines(reply, text, question) : checkBatch(reply, text, question);
}

const TOO_DEEP = `JSON that is nested more than ${MOST_LEVELS} levels deep. Let the model answer flatter predictions, or text`;

/** In cells of CSV a bracket is a character like any other. */
function holdsJson(text: Buffer, { answerNotation }: Question["protocol"]): boolean {
  return answerNotation !== "csv" || text[0] === 0x5b || text[0] === 0x7b;
}

function checkBatch(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
  const parsed = parseJson(text);
  if (parsed === undefined) return notJson(reply, text);
  const { path, bare } = question.protocol.predictionPlace;
  const fault = documentFault(parsed, path);
  if (fault !== null) return fault;
  const isBare = bare && Array.isArray(parsed.value);
  const list = isBare ? parsed.value : valueAtPath(parsed.value, path);
  const isAlone = isScalar(list) && path.length > 0 && question.rows() === 1;
  if (isAlone) return aloneAnswer(parsed, list, question);
  if (!Array.isArray(list)) return noPredictions(parsed.value, text, question.protocol);
  if (!question.expects(list.length) && list.length !== question.rows()) {
    return wrongCount("PREDICTION_COUNT_MISMATCH", list.length, "prediction", question.rows());
  }
  const line = oneLine(text);
  return {
    lines: Buffer.concat([line, NEWLINE]),
    count: list.length,
    values: list,
    predictions: () =>
      listElements(line, listAtPath(line, isBare ? [] : path)).map((span) => line.subarray(span.start, span.end)),
  };
}

/** Servers that drop dimensions of one element answer a single row with a bare prediction. */
function aloneAnswer({ text }: ParsedJson, value: unknown, { protocol }: Question): GoodAnswer {
  const found = exactAt(parseExact(text), protocol.predictionPlace.path) ?? null;
  const prediction = Buffer.from(stringifyExact(found));
  return {
    lines: wrapPredictions([prediction], protocol),
    count: 1,
    values: [value],
    predictions: () => [prediction],
  };
}

function isScalar(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}

/** The line that is kept is the server's own; it is only read as a list of predictions. */
function checkTensors(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
  const parsed = parseJson(text);
  const fault = parsed === undefined ? null : documentFault(parsed, question.protocol.predictionPlace.path);
  if (fault !== null) return fault;
  const given = text.toString("utf8");
  const translated = tensorAnswerJson(given, question.id());
  const failure = translated === given ? null : readErrorObject(parseExact(translated));
  if (failure !== null) return { ...failure, isolable: true };
  const answer = checkBatch(reply, Buffer.from(translated), question);
  return "lines" in answer ? { ...answer, lines: Buffer.concat([oneLine(text), NEWLINE]) } : answer;
}

function checkLines(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
  const rows = question.rows();
  const lines = nonBlankLines(text);
  // One row may be answered by one value printed over several lines.
  if (rows === 1 && lines.length > 1 && parseJson(text) !== undefined) lines.splice(0, lines.length, oneLine(text));
  const { path } = question.protocol.predictionPlace;
  const values: unknown[] = [];
  for (const line of lines) {
    const parsed = parseJson(line);
    if (parsed === undefined) return notJson(reply, line);
    const isError = isErrorObject(parsed.value);
    const fault = isError ? null : documentFault(parsed, path);
    if (fault !== null) return fault;
    const value = isError ? parsed.value : valueAtPath(parsed.value, path);
    if (value === undefined) return noPredictions(parsed.value, line, question.protocol);
    values.push(value);
  }
  if (lines.length !== rows) return wrongCount("LINE_COUNT_MISMATCH", lines.length, "line", rows);
  return {
    lines: Buffer.concat(lines.flatMap((line) => [line, NEWLINE])),
    count: lines.length,
    values,
    predictions: () => lines,
  };
}

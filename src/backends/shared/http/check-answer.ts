import { isUtf8 } from "node:buffer";
import { parseExact } from "../../../core/json/exact-json.ts";
import { isErrorObject, readErrorObject } from "../../../core/protocols/error-object.ts";
import { tensorAnswerJson } from "../../../core/protocols/tensor-answer.ts";
import { shorten } from "./answer-excerpt.ts";
import type { AnswerFault } from "./answer-faults.ts";
import { invalid, notJson, reported, wrongCount } from "./answer-faults.ts";
import { memberOf, NEWLINE, nonBlankLines, oneLine, parseJson } from "./answer-text.ts";
import { withoutNonFinite } from "./bare-non-finite.ts";
import { checkCsv } from "./check-csv.ts";
import type { GoodAnswer, Question } from "./good-answer.ts";
import type { HttpReply } from "./http-exchange.ts";
import { listElements, listUnderKey, trimSpan } from "./json-spans.ts";

/** An answer with a 2xx status is kept only when it is what the protocol says; otherwise the rows have failed, and why. */
export function checkAnswer(reply: HttpReply, question: Question): GoodAnswer | AnswerFault {
  const { body } = reply;
  const { start, end } = trimSpan(body, 0, body.length);
  if (start === end) return invalid(`an empty body (status ${reply.status})`);
  if (!isUtf8(body)) return invalid("bytes that are not UTF-8");
  const given = body.subarray(start, end);
  const text = question.nonFinite === "as_null" ? withoutNonFinite(given) : given;
  if (question.protocol.answerNotation === "csv") return checkCsv(reply, text, question);
  if (question.protocol.answerNotation === "tensors") return checkTensors(reply, text, question);
  return question.protocol.lineHolds === "row" ? checkLines(reply, text, question) : checkBatch(reply, text, question);
}

function checkBatch(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
  const parsed = parseJson(text);
  if (parsed === undefined) return notJson(reply, text);
  if (isErrorObject(parsed.value)) return reported(parsed.value.error);
  const { key, bare } = question.protocol.answerList ?? { key: "", bare: false };
  const isBare = bare && Array.isArray(parsed.value);
  const list = isBare ? parsed.value : memberOf(parsed.value, key);
  if (!Array.isArray(list)) {
    const excerpt = JSON.stringify(shorten(text.toString("utf8", 0, 1000)));
    return invalid(`${excerpt}, which ${bare ? "is no list, and " : ""}has no list under "${key}"`);
  }
  if (!question.expects(list.length) && list.length !== question.rows()) {
    return wrongCount("PREDICTION_COUNT_MISMATCH", list.length, "prediction", question.rows());
  }
  const line = oneLine(text);
  return {
    lines: Buffer.concat([line, NEWLINE]),
    predictions: () =>
      listElements(line, isBare ? line.indexOf("[") : listUnderKey(line, key)).map((span) =>
        line.subarray(span.start, span.end),
      ),
  };
}

/** The line that is kept is the server's own; it is only read as a list of predictions. */
function checkTensors(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | AnswerFault {
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
  const broken = lines.find((line) => parseJson(line) === undefined);
  if (broken !== undefined) return notJson(reply, broken);
  if (lines.length !== rows) return wrongCount("LINE_COUNT_MISMATCH", lines.length, "line", rows);
  return { lines: Buffer.concat(lines.flatMap((line) => [line, NEWLINE])), predictions: () => lines };
}

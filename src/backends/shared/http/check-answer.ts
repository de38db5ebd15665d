import { isUtf8 } from "node:buffer";
import { isErrorObject } from "../../../core/protocols/error-object.ts";
import type { Protocol } from "../../../core/protocols/protocol.ts";
import { answerExcerpt, contentTypeOf, shorten } from "./answer-excerpt.ts";
import { bareNonFinite, withoutNonFinite } from "./bare-non-finite.ts";
import type { HttpReply } from "./http-exchange.ts";
import type { NonFinite } from "./http-session-options.ts";
import { listElements, listUnderKey, trimSpan } from "./json-spans.ts";
import type { RowFault } from "./row-fault.ts";

/** An answer that may be kept. */
export type GoodAnswer = {
  /** The response lines, each ended by `\n`. */
  readonly lines: Buffer;
  /** The text of each row's prediction, cut out of the answer. */
  predictions(): Buffer[];
};

/** What was asked, as far as the check needs it. */
export type Question = {
  readonly protocol: Protocol;
  readonly nonFinite: NonFinite;
  /** Whether so many predictions may be right without counting the rows sent: counting is a pass over the request. */
  expects(predictions: number): boolean;
  /** Rows in the request. */
  rows(): number;
};

/** An answer with a 2xx status is kept only when it is what the protocol says; otherwise the rows have failed, and why. */
export function checkAnswer(reply: HttpReply, question: Question): GoodAnswer | Omit<RowFault, "attempts"> {
  const { body } = reply;
  const { start, end } = trimSpan(body, 0, body.length);
  if (start === end) return invalid(`an empty body (status ${reply.status})`);
  if (!isUtf8(body)) return invalid("bytes that are not UTF-8");
  const given = body.subarray(start, end);
  const text = question.nonFinite === "as_null" ? withoutNonFinite(given) : given;
  return question.protocol.lineHolds === "row" ? checkLines(reply, text, question) : checkBatch(reply, text, question);
}

function checkBatch(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | Omit<RowFault, "attempts"> {
  const parsed = parse(text);
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
    return wrongCount("PREDICTION_COUNT_MISMATCH", list.length, "predictions", question.rows());
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

function checkLines(reply: HttpReply, text: Buffer, question: Question): GoodAnswer | Omit<RowFault, "attempts"> {
  const rows = question.rows();
  const lines = nonBlankLines(text);
  // One row may be answered by one value printed over several lines.
  if (rows === 1 && lines.length > 1 && parse(text) !== undefined) lines.splice(0, lines.length, oneLine(text));
  const broken = lines.find((line) => parse(line) === undefined);
  if (broken !== undefined) return notJson(reply, broken);
  if (lines.length !== rows) return wrongCount("LINE_COUNT_MISMATCH", lines.length, "lines", rows);
  return { lines: Buffer.concat(lines.flatMap((line) => [line, NEWLINE])), predictions: () => lines };
}

const NEWLINE = Buffer.from("\n");

/** The value of a JSON text, boxed because `null` is one; undefined where it is none. */
function parse(text: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.toString("utf8")) as unknown };
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** Inside a JSON string a line break is always escaped, so that those left are between values, where a blank means the same. */
function oneLine(text: Buffer): Buffer {
  if (!text.includes(0x0a) && !text.includes(0x0d)) return text;
  const line = Buffer.from(text);
  for (let i = 0; i < line.length; i += 1) if (line[i] === 0x0a || line[i] === 0x0d) line[i] = 0x20;
  return line;
}

function nonBlankLines(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf(0x0a, start);
    const stop = newline === -1 ? text.length : newline;
    const span = trimSpan(text, start, stop);
    if (span.end > span.start) lines.push(oneLine(text.subarray(span.start, span.end)));
    start = stop + 1;
  }
  return lines;
}

function notJson(reply: HttpReply, text: Buffer): Omit<RowFault, "attempts"> {
  const type = contentTypeOf(reply);
  const excerpt = JSON.stringify(shorten(text.toString("utf8", 0, 1000)));
  if (/html/i.test(type) || text[0] === 0x3c) {
    // A login or error page: it does not depend on the rows.
    const what = /^<\?xml/i.test(text.toString("utf8", 0, 5)) ? "XML" : "HTML";
    const mend = "Check that `url` is the model's own address";
    return { ...invalid(`${what} instead of JSON (${type}): ${excerpt}. ${mend}`), isolable: false };
  }
  const bare = bareNonFinite(text);
  if (bare !== undefined) {
    return invalid(
      `a bare ${bare}, which is not JSON: let the model answer null or a finite number, or set \`non_finite: as_null\``,
    );
  }
  return invalid(`something that is not JSON (${type}): ${excerpt}`);
}

function reported(error: unknown): Omit<RowFault, "attempts"> {
  const said = answerExcerpt(Buffer.from(typeof error === "string" ? error : JSON.stringify(error)));
  return { code: "ROW_FAILED", message: `The model reported an error: ${said}`, isolable: true };
}

function invalid(what: string): Omit<RowFault, "attempts"> {
  return { code: "RESPONSE_INVALID", message: `The server answered with ${what}.`, isolable: true };
}

function wrongCount(
  code: "LINE_COUNT_MISMATCH" | "PREDICTION_COUNT_MISMATCH",
  got: number,
  what: string,
  rows: number,
): Omit<RowFault, "attempts"> {
  const count = counted(got, what);
  const message = `The server answered with ${count} to ${counted(rows, "rows")}; it must answer each row once, in order.`;
  return { code, message, isolable: true, count };
}

function counted(count: number, plural: string): string {
  return `${count} ${count === 1 ? plural.slice(0, -1) : plural}`;
}

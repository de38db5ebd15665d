import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { parseJson } from "../responses/answer-text.ts";
import { trimSpan } from "../responses/json-spans.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/**
 * Why a response that ends with its connection may be cut; null if it is certainly whole. Such a response has no length and no chunks, as in
 * HTTP/1.0, and a server that dies while it writes closes the connection, too. A closed bracket or quote is an end; a number is not.
 */
export function cutResponseReason(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  { lineHolds, answerNotation }: Pick<Protocol, "lineHolds" | "answerNotation">,
): string | null {
  if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return null;
  const { start, end } = trimSpan(body, 0, body.length);
  const text = body.subarray(start, end);
  if (text.length === 0) return cut("is empty");
  if (isClosedJson(text)) return null;
  if (lineHolds === "batch") return cut(`breaks off after ${body.length} bytes`);
  if (body[body.length - 1] === LINE_FEED) return null;
  const lastLine = text.subarray(text.lastIndexOf(LINE_FEED) + 1);
  const isClosed = answerNotation === "csv" ? endsWithClosedCell(lastLine) : isClosedJson(lastLine);
  return isClosed ? null : cut("has no line feed after its last line");
}

function cut(how: string): string {
  return `the response has no Content-Length and ${how}, so it may be cut; let the server send a Content-Length`;
}

function isClosedJson(text: Buffer): boolean {
  const parsed = parseJson(text);
  return parsed !== undefined && typeof parsed.value !== "number";
}

/** Whether the last cell is quoted and closed. An odd number of quotes would mean that the last one is half of an escaped quote. */
function endsWithClosedCell(line: Buffer): boolean {
  if (line[line.length - 1] !== QUOTE) return false;
  let quotes = 0;
  for (const byte of line) if (byte === QUOTE) quotes += 1;
  return quotes % 2 === 0;
}

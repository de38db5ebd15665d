import type { HttpReply } from "../transport/http-exchange.ts";

const EXCERPT_CHARACTERS = 200;

/**
 * A server's response, short enough for a message: the error text of a JSON response, else the beginning of the body. Of a Python traceback,
 * only the exception.
 */
export function answerExcerpt(body: Buffer): string {
  const text = body.toString("utf8", 0, 64_000);
  return shorten(withoutTraceback(errorText(text) ?? text));
}

/** The beginning of a text in one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS).toWellFormed()}…` : line;
}

export function contentTypeOf(reply: HttpReply): string {
  return reply.headers["content-type"] ?? "no content type";
}

const TRACEBACK = "Traceback (most recent call last):";

/** `text` with its traceback replaced by the exception: MMS answers with the message and the traceback, MLServer with the traceback alone. */
function withoutTraceback(text: string): string {
  const begin = text.indexOf(TRACEBACK);
  if (begin === -1) return text;
  const before = text.slice(0, begin).trim();
  const lines = text.slice(begin).trimEnd().split("\n");
  // The message of an exception may go on over several lines.
  const exception = lines.findLast((line) => /^[A-Za-z_][\w.]*(: |$)/.test(line)) ?? lines.at(-1) ?? "";
  return exception.includes(before) ? exception : `${exception} (${before})`;
}

function errorText(text: string): string | undefined {
  try {
    return errorIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function errorIn(parsed: unknown): string | undefined {
  if (typeof parsed !== "object" || parsed === null) return undefined;
  // Names that model servers use: MLflow and MMS `message`, V2 `error`, our own server `error` with a `message` inside, FastAPI `detail`.
  for (const key of ["message", "error", "detail"] as const) {
    const value: unknown = (parsed as Record<string, unknown>)[key];
    if (typeof value === "string" && value !== "") return value + stackTrace(parsed);
    const inside = errorIn(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** MLflow's message is the same for all errors of a model; only the trace has the error itself. */
function stackTrace(error: object): string {
  const trace: unknown = "stack_trace" in error ? error.stack_trace : undefined;
  return typeof trace === "string" && trace.includes(TRACEBACK) ? `\n${trace}` : "";
}

import type { HttpReply } from "./http-exchange.ts";

const EXCERPT_CHARACTERS = 200;

/** What a server said, short enough for a message: its own error text where it is JSON with one, else the beginning of the body. */
export function answerExcerpt(body: Buffer): string {
  const text = body.toString("utf8", 0, 64_000);
  return shorten(errorText(text) ?? text);
}

/** The beginning of a text in one line. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS).toWellFormed()}…` : line;
}

export function contentTypeOf(reply: HttpReply): string {
  return reply.headers["content-type"] ?? "no content type";
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
    if (typeof value === "string" && value !== "") return value;
    const inside = errorIn(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

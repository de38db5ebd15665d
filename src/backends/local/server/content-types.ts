import { ServerError } from "./server-error.ts";

export const JSON_TYPE = "application/json";
const CSV_TYPE = "text/csv";
export const JSON_LINES_TYPE = "application/jsonlines";

const JSON_LINES_ALIASES = new Set([
  JSON_LINES_TYPE,
  "application/x-jsonlines",
  "application/x-ndjson",
  "application/jsonl",
]);

/** How the body of a request is written, from its Content-Type; other parameters than the charset are ignored. */
export function bodyFormat(contentType: string | undefined): "json" | "json-lines" | "csv" {
  const [type = "", ...parameters] = (contentType ?? "").split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !/^"?(utf-?8|us-ascii)"?$/.test(charset)) {
    throw unsupported(`The charset ${charset} is not supported; send UTF-8.`);
  }
  if (type === JSON_TYPE) return "json";
  if (type === CSV_TYPE) return "csv";
  if (JSON_LINES_ALIASES.has(type)) return "json-lines";
  throw unsupported(
    `${type === "" ? "The request has no Content-Type" : `The Content-Type ${type} is not supported`}; send one of: ${JSON_TYPE}, ${CSV_TYPE}, ${[...JSON_LINES_ALIASES].join(", ")}.`,
  );
}

function unsupported(message: string): ServerError {
  return new ServerError(415, "UNSUPPORTED_MEDIA_TYPE", message);
}

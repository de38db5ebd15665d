import { validateHeaderName, validateHeaderValue } from "node:http";
import type { HttpSessionOptions } from "../shared/http/index.ts";
import { HTTP_SESSION_DEFAULTS } from "../shared/http/index.ts";
import type { OptionReader } from "../shared/option-reader.ts";
import { createOptionReader } from "../shared/option-reader.ts";
import { httpCapabilities } from "./http-capabilities.ts";

/** The job's `backend` object, checked; times in milliseconds. */
export type HttpOptions = HttpSessionOptions & {
  /** Absolute URL that is asked before the first request, or null. */
  readonly healthUrl: string | null;
  readonly healthTimeoutMs: number;
  /** Infinite where the job sets no limit. */
  readonly maxRequestBytes: number;
};

/** Every option, as it stands in the job. */
export const HTTP_OPTION_NAMES = [
  "url",
  "method",
  "headers",
  "health_path",
  "health_timeout_s",
  "connect_timeout_s",
  "headers_timeout_s",
  "body_timeout_s",
  "request_timeout_s",
  "concurrency",
  "requests_per_second",
  "max_attempts",
  "max_request_bytes",
  "max_response_bytes",
  "non_finite",
] as const;

const HEALTH_TIMEOUT_MS = 120_000;

/** Timers of Node end at 2^31 milliseconds. */
const LONGEST_TIME_S = 2_000_000;

/** Headers that belong to the connection, or that would change what is sent. */
const OUR_HEADERS = new Set([
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "keep-alive",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Throws BACKEND_OPTIONS_INVALID, which names the option and never shows a header's value. */
export function parseHttpOptions(input: Readonly<Record<string, unknown>>): HttpOptions {
  const reader = createOptionReader("http", input, HTTP_OPTION_NAMES);
  const url = readUrl(reader);
  const milliseconds = (name: string, fallback: number): number => {
    const seconds = reader.number(name, { min: 0.001, max: LONGEST_TIME_S });
    return seconds === undefined ? fallback : seconds * 1000;
  };
  const count = (name: string, max: number, fallback: number): number =>
    reader.number(name, { min: 1, max, integer: true }) ?? fallback;
  const defaults = HTTP_SESSION_DEFAULTS;
  return Object.freeze({
    backend: "http",
    url: url.href,
    method: reader.oneOf("method", ["POST", "PUT"]) ?? defaults.method,
    headers: readHeaders(reader),
    healthUrl: readHealthUrl(reader, url),
    healthTimeoutMs: milliseconds("health_timeout_s", HEALTH_TIMEOUT_MS),
    connectTimeoutMs: milliseconds("connect_timeout_s", defaults.connectTimeoutMs),
    headersTimeoutMs: milliseconds("headers_timeout_s", defaults.headersTimeoutMs),
    bodyTimeoutMs: milliseconds("body_timeout_s", defaults.bodyTimeoutMs),
    requestTimeoutMs: milliseconds("request_timeout_s", defaults.requestTimeoutMs),
    concurrency: count("concurrency", httpCapabilities.concurrency.max, httpCapabilities.concurrency.default),
    requestsPerSecond: reader.number("requests_per_second", { min: 0.001, max: 1_000_000 }) ?? null,
    maxAttempts: count("max_attempts", 100, defaults.maxAttempts),
    maxRequestBytes: count("max_request_bytes", Number.POSITIVE_INFINITY, httpCapabilities.maxRequestBytes),
    // An answer is held in memory, and text beyond half a gigabyte cannot be a string.
    maxResponseBytes: count("max_response_bytes", 500_000_000, defaults.maxResponseBytes),
    nonFinite: reader.oneOf("non_finite", ["refuse", "as_null"]) ?? defaults.nonFinite,
  });
}

function readUrl(reader: OptionReader): URL {
  const text = reader.text("url");
  if (text === undefined)
    throw reader.invalid("url", "is missing: where the model answers, such as http://localhost:8080/invocations.");
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    const problem = /^https?:\/\/./i.test(text)
      ? `must be an address with a host and a port from 0 to 65535, such as http://localhost:8080/invocations; this is none.`
      : "must be an address that begins with http:// or https://.";
    throw reader.invalid("url", problem);
  }
  if (url.username !== "" || url.password !== "") {
    // A URL is printed in messages and logs; a header's value never is.
    throw reader.invalid(
      "url",
      "must not hold a user or password: put them into `headers.authorization`, from an environment variable.",
    );
  }
  return url;
}

function readHealthUrl(reader: OptionReader, url: URL): string | null {
  const path = reader.text("health_path");
  if (path === undefined) return null;
  if (!path.startsWith("/") || path.startsWith("//")) {
    throw reader.invalid("health_path", "must be a path on the same server that begins with one /, such as /ping.");
  }
  return new URL(path, url).href;
}

function readHeaders(reader: OptionReader): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reader.texts("headers") ?? {})) {
    const lower = name.toLowerCase();
    if (OUR_HEADERS.has(lower))
      throw reader.invalid(`headers.${name}`, "is set by the connection itself: leave it out.");
    if (lower in headers)
      throw reader.invalid(`headers.${name}`, "is there twice; names of headers do not depend on case.");
    if (!isValid(() => validateHeaderName(name)))
      throw reader.invalid("headers", `has a name that is no header name: ${JSON.stringify(name)}.`);
    if (!isValid(() => validateHeaderValue(name, value))) {
      throw reader.invalid(
        `headers.${name}`,
        "has a value with characters that no header may have, such as a line break.",
      );
    }
    headers[lower] = value;
  }
  return headers;
}

function isValid(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

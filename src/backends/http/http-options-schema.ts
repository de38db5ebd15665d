import { validateHeaderName, validateHeaderValue } from "node:http";
import { z } from "zod";
import { HTTP_SESSION_DEFAULTS } from "../shared/http/index.ts";
import { contentTypeOptions } from "../shared/options/content-type-options.ts";
import { tlsComplaint, tlsOptions } from "../shared/options/tls-options.ts";
import { httpCapabilities } from "./http-capabilities.ts";

/** Timers of Node end at 2^31 milliseconds. */
const LONGEST_TIME_S = 2_000_000;

/** Headers that belong to the connection, or that would change what is sent. */
const CONNECTION_HEADERS = new Set([
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

const seconds = z.number().min(0.001).max(LONGEST_TIME_S);
const defaults = HTTP_SESSION_DEFAULTS;

const optionsSchema = z.strictObject({
  url: z
    .string("is missing: where the model answers, such as http://localhost:8080/invocations.")
    .min(1)
    .check((context) => {
      const message = urlComplaint(context.value);
      if (message !== null) context.issues.push({ code: "custom", message, input: context.value });
    })
    .describe("Where requests are sent, `http://` or `https://`. Credentials belong into `headers`."),
  method: z.enum(["POST", "PUT"]).default(defaults.method).describe("The method of every request."),
  headers: z
    .record(z.string(), z.string())
    .check((context) => {
      const found = headerComplaint(context.value);
      if (found !== null) context.issues.push({ code: "custom", ...found, input: context.value });
    })
    .default({})
    .describe(
      "Sent with every request, the health check included. Values are secrets: no message, log or event shows them.",
    ),
  ...contentTypeOptions,
  ...tlsOptions,
  health_path: z
    .string()
    .min(1)
    .regex(/^\/(?!\/)/, "must be a path on the same server that begins with one /, such as /ping.")
    .optional()
    .describe("Asked with GET until it answers 2xx, before the first request. The body is not read."),
  health_timeout_s: seconds.default(120).describe("How long to ask."),
  connect_timeout_s: seconds.default(defaults.connectTimeoutMs / 1000).describe("Until a connection is open."),
  headers_timeout_s: seconds
    .default(defaults.headersTimeoutMs / 1000)
    .describe("From the request to the head of its response."),
  body_timeout_s: seconds.default(defaults.bodyTimeoutMs / 1000).describe("Between two pieces of a response."),
  request_timeout_s: seconds
    .default(defaults.requestTimeoutMs / 1000)
    .describe("One request in all: its tries and the waits between them."),
  concurrency: z
    .int()
    .min(1)
    .max(httpCapabilities.concurrency.max)
    .default(httpCapabilities.concurrency.default)
    .describe("Requests in flight, over all shards."),
  requests_per_second: z
    .number()
    .min(0.001)
    .max(1_000_000)
    .optional()
    .describe("Most requests begun in a second, evenly spaced."),
  unreachable_timeout_s: z
    .number()
    .min(0)
    .max(LONGEST_TIME_S)
    .default(defaults.unreachableTimeoutMs / 1000)
    .describe(
      "How long the server is waited for while it cannot be reached, or answers nothing but resets and statuses of a gateway such as 502 or 503. A host name that has no address: at most 10 s.",
    ),
  max_attempts: z
    .int()
    .min(1)
    .max(100)
    .default(defaults.maxAttempts)
    .describe("Tries of one request that fails while the server answers others."),
  max_request_bytes: z.int().min(1).optional().describe("The server's payload limit: requests are cut to it."),
  max_response_bytes: z
    .int()
    .min(1)
    // A response is held in memory, and text beyond half a gigabyte cannot be a string.
    .max(500_000_000)
    .default(defaults.maxResponseBytes)
    .describe(
      "Most bytes of one response. All responses in memory together: this many, or 64 MB if that is more, and one further response.",
    ),
  non_finite: z
    .enum(["refuse", "as_null"])
    .default(defaults.nonFinite)
    .describe(
      "A bare `NaN`, `Infinity` or `-Infinity` in a response, as Python's `json` prints them: `refuse` fails its rows, `as_null` reads it as null.",
    ),
});

/** The options of `backend: { kind: http }`: parsing, types, the published JSON Schema and the table of the reference page come from it. */
export const httpOptionsSchema = optionsSchema.check(({ value, issues }) => {
  const found = tlsComplaint(value);
  if (found !== null) issues.push({ code: "custom", ...found, input: value });
});

function urlComplaint(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    return /^https?:\/\/./i.test(text)
      ? "must be an address with a host and a port from 0 to 65535, such as http://localhost:8080/invocations; this is not one."
      : "must be an address that begins with http:// or https://.";
  }
  // A URL is printed in messages and logs; a header's value never is.
  return url.username === "" && url.password === ""
    ? null
    : "must not hold a user or password: put them into `headers.authorization`, from an environment variable.";
}

function headerComplaint(
  headers: Readonly<Record<string, string>>,
): { readonly path?: string[]; readonly message: string } | null {
  const seen = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    const path = [name];
    const lower = name.toLowerCase();
    if (CONNECTION_HEADERS.has(lower)) return { path, message: "is set by the connection itself: leave it out." };
    if (seen.has(lower)) return { path, message: "is there twice; names of headers do not depend on case." };
    if (!isValid(() => validateHeaderName(name)))
      return { message: `has a name that is no header name: ${JSON.stringify(name)}.` };
    if (!isValid(() => validateHeaderValue(name, value)))
      return { path, message: "has a value with characters that no header may have, such as a line break." };
    seen.add(lower);
  }
  return null;
}

function isValid(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

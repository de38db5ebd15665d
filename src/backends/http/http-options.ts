import type { HttpSessionOptions, TlsFiles } from "../shared/http/index.ts";
import { contentTypeHeaders } from "../shared/options/content-type-options.ts";
import { readOptions } from "../shared/options/read-options.ts";
import { httpCapabilities } from "./http-capabilities.ts";
import { httpOptionsSchema } from "./http-options-schema.ts";

/** The job's `backend` object, checked; times in milliseconds. */
export type HttpOptions = Omit<HttpSessionOptions, "tls"> & {
  /** Paths, relative to the job file's folder. */
  readonly tlsFiles: TlsFiles;
  /** Absolute URL that is asked before the first request, or null. */
  readonly healthUrl: string | null;
  readonly healthTimeoutMs: number;
  /** Infinite if the job sets no limit. */
  readonly maxRequestBytes: number;
};

/** Throws BACKEND_OPTIONS_INVALID, which names the option and never shows a header's value. */
export function parseHttpOptions(input: Readonly<Record<string, unknown>>): HttpOptions {
  const options = readOptions("http", httpOptionsSchema, input);
  const url = new URL(options.url);
  return Object.freeze({
    backend: "http",
    url: url.href,
    method: options.method,
    headers: {
      ...Object.fromEntries(Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), value])),
      ...contentTypeHeaders(options),
    },
    tlsFiles: options.tls ?? {},
    healthUrl: options.health_path === undefined ? null : new URL(options.health_path, url).href,
    healthTimeoutMs: options.health_timeout_s * 1000,
    connectTimeoutMs: options.connect_timeout_s * 1000,
    headersTimeoutMs: options.headers_timeout_s * 1000,
    bodyTimeoutMs: options.body_timeout_s * 1000,
    requestTimeoutMs: options.request_timeout_s * 1000,
    concurrency: options.concurrency,
    requestsPerSecond: options.requests_per_second ?? null,
    unreachableTimeoutMs: options.unreachable_timeout_s * 1000,
    maxAttempts: options.max_attempts,
    maxRequestBytes: options.max_request_bytes ?? httpCapabilities.maxRequestBytes,
    maxResponseBytes: options.max_response_bytes,
    nonFinite: options.non_finite,
  });
}

import type { StatusPolicy } from "./status/status-policy.ts";
import { DEFAULT_STATUS_POLICY } from "./status/status-policy.ts";
import type { TlsMaterial } from "./transport/tls/tls-material.ts";

/** What a session needs to know about a model server. Times are milliseconds. */
export type HttpSessionOptions = {
  /** The backend's id, for errors. */
  readonly backend: string;
  /** Where requests are sent; `http:` or `https:`, without credentials. */
  readonly url: string;
  /** @default "POST" */
  readonly method?: "POST" | "PUT";
  /** Sent with every request; values are secrets and never printed. A `content-type` here replaces the protocol's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM texts: a private authority, a client certificate. @default {} */
  readonly tls?: TlsMaterial;
  /** `environment`: HTTPS_PROXY, HTTP_PROXY and NO_PROXY apply. `none`: for a server on this machine. @default "environment" */
  readonly proxy?: "environment" | "none";
  /** Requests in flight, over all shards. @default 4 */
  readonly concurrency?: number;
  /** The most requests that begin per second, evenly spaced; null for no limit. @default null */
  readonly requestsPerSecond?: number | null;
  /** @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** Until the head of an answer. @default 300_000 */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of an answer. @default 300_000 */
  readonly bodyTimeoutMs?: number;
  /** For a whole request: its tries and the waits between them. @default 600_000 */
  readonly requestTimeoutMs?: number;
  /** How long to wait for a server that cannot be reached, or does not answer yet. @default 60_000 */
  readonly unreachableTimeoutMs?: number;
  /** Tries of one request that fails while the server answers others. @default 6 */
  readonly maxAttempts?: number;
  /** The most bytes of one response. All responses in memory have at most this many bytes, or 64 MB, plus one response. @default 64_000_000 */
  readonly maxResponseBytes?: number;
  /** The most bytes of a request of several lines. @default Infinity */
  readonly maxRequestBytes?: number;
  /** Whose fault a status is, and what may be sent again. @default DEFAULT_STATUS_POLICY */
  readonly statusPolicy?: StatusPolicy;
  /** How to read a bare `NaN` or `Infinity` in an answer, which is not JSON: its rows fail, or it is null. @default "refuse" */
  readonly nonFinite?: NonFinite;
};

export type NonFinite = "refuse" | "as_null";

export type ResolvedHttpSessionOptions = Required<HttpSessionOptions>;

export const HTTP_SESSION_DEFAULTS = {
  method: "POST",
  headers: {},
  tls: {},
  proxy: "environment",
  concurrency: 4,
  requestsPerSecond: null,
  connectTimeoutMs: 10_000,
  headersTimeoutMs: 300_000,
  bodyTimeoutMs: 300_000,
  requestTimeoutMs: 600_000,
  unreachableTimeoutMs: 60_000,
  maxAttempts: 6,
  maxResponseBytes: 64_000_000,
  maxRequestBytes: Number.POSITIVE_INFINITY,
  statusPolicy: DEFAULT_STATUS_POLICY,
  nonFinite: "refuse",
} as const satisfies Omit<ResolvedHttpSessionOptions, "backend" | "url">;

export function withDefaults(options: HttpSessionOptions): ResolvedHttpSessionOptions {
  return Object.freeze({ ...HTTP_SESSION_DEFAULTS, ...options });
}

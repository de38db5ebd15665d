import type { CallRates } from "../host/throttle.ts";

/** How the emulator behaves if the service's documentation leaves a choice; every default is the stricter choice or the documented one. */
export type SagemakerSettings = {
  /** In seconds: how long the service needs to start its machines, and the minimum time of one object. */
  readonly latency: { readonly start: number; readonly object: number; readonly stop: number };
  /** Seconds until a container has to answer its first ping. */
  readonly pingTimeout: number;
  /** Whether a record keeps the newline that ends it in its file. */
  readonly recordNewline: "keep" | "strip";
  /** Statuses after which a request is sent again, at most `InvocationsMaxRetries` times; so is one that got no answer. */
  readonly retriedStatuses: readonly number[];
  /** Seconds before the first retry; each further wait is twice as long. */
  readonly retryDelay: number;
  /** Bytes of one MB in `MaxPayloadInMB`. */
  readonly bytesPerMb: number;
  /** What happens to `.out` objects that a job had written before it was stopped. */
  readonly stoppedOutput: "remove" | "keep";
  /** Most bytes that a container can answer; null is no limit. The service has none, but the servers in its containers do. */
  readonly responseLimit: number | null;
  /** Instances that the account may use at the same time, by type; those that are not named have no limit. */
  readonly quotas: InstanceCounts;
  /** Available instances, by type; types that are not named are always available. */
  readonly capacity: InstanceCounts;
  /** Allowed calls per second, by operation. */
  readonly throttle: CallRates;
};

/** By type: `{ "ml.m5.large": 2 }`. */
export type InstanceCounts = Readonly<Record<string, number>>;

export const DEFAULT_SETTINGS: SagemakerSettings = {
  latency: { start: 0.2, object: 0, stop: 0.2 },
  pingTimeout: 60,
  recordNewline: "keep",
  retriedStatuses: Array.from({ length: 100 }, (_, index) => 500 + index),
  retryDelay: 0.1,
  bytesPerMb: 1_000_000,
  stoppedOutput: "remove",
  responseLimit: null,
  quotas: {},
  capacity: {},
  throttle: {},
};

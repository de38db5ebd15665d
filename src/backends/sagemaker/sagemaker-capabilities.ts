import type { BackendCapabilities } from "../../core/ports/backend-capabilities.ts";

/** It is not documented whether SageMaker's megabyte is 10^6 or 2^20 bytes. This is the smaller one. */
const BYTES_PER_MB = 1_000_000;
/** MaxPayloadInMB if a request does not set it (CreateTransformJob). */
export const DEFAULT_PAYLOAD_MB = 6;
/** MaxConcurrentTransforms × MaxPayloadInMB may not be more (CreateTransformJob). */
export const MOST_MB_IN_FLIGHT = 100;

/** The bytes of a request line, without its line break, that fit into a payload of `megabytes`. */
export function lineBytes(payloadMb: number): number {
  return payloadMb * BYTES_PER_MB - 1;
}

/** SageMaker Batch Transform: one job per run. A file is answered whole or not at all, and it is not reported which record failed. */
export const sagemakerCapabilities: BackendCapabilities = {
  maxRequestBytes: lineBytes(DEFAULT_PAYLOAD_MB),
  // What the bridge sends. A payload may have more, and the container's limits are not known.
  defaultBatchSize: 5,
  protocols: ["instances", "dataframe_split", "dataframe_records", "records", "json_lines", "csv", "open_inference"],
  requestHeader: false,
  failureUnit: "shard",
  isolatesFailedRows: false,
  shardOrder: "any",
  cancel: true,
  reattach: true,
  // A second job would cost minutes and money.
  rescores: false,
  concurrency: { min: 1, default: 1, max: MOST_MB_IN_FLIGHT },
  offline: false,
};

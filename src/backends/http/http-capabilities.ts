import type { BackendCapabilities } from "../../core/ports/backend-capabilities.ts";

/** A model server that we do not know: only what this client does is certain. The user states the server's limits (`max_request_bytes`). */
export const httpCapabilities: BackendCapabilities = {
  maxRequestBytes: Number.POSITIVE_INFINITY,
  protocols: ["instances", "dataframe_split", "dataframe_records", "records", "json_lines", "csv", "open_inference"],
  requestHeader: true,
  failureUnit: "line",
  isolatesFailedRows: true,
  shardOrder: "any",
  cancel: true,
  reattach: false,
  rescores: true,
  concurrency: { min: 1, default: 4, max: 1024 },
  offline: true,
};

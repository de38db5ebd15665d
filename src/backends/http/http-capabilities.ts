import type { BackendCapabilities } from "../../core/ports/backend-capabilities.ts";

/** A model server of unknown make: what we do ourselves is certain, and its limits are the user's to name (`max_request_bytes`). */
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

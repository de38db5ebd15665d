import type { BackendCapabilities } from "../../core/ports/backend-capabilities.ts";
import { DEFAULT_BODY_LIMIT } from "./server/body-limit.ts";

/** A model in a process of its own on this machine. More than a few requests at once only queue before it. */
export const localCapabilities: BackendCapabilities = {
  maxRequestBytes: DEFAULT_BODY_LIMIT,
  protocols: ["instances", "dataframe_split", "dataframe_records", "records", "json_lines", "csv", "open_inference"],
  requestHeader: true,
  failureUnit: "line",
  isolatesFailedRows: true,
  shardOrder: "any",
  cancel: true,
  reattach: false,
  rescores: true,
  concurrency: { min: 1, default: 2, max: 64 },
  offline: true,
};

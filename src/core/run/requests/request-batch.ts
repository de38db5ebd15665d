import type { Job } from "../../job/schema/job.ts";
import type { BackendCapabilities } from "../../ports/backend-capabilities.ts";

/** How many rows go into one request. */
export type RequestBatch = {
  readonly rows: number;
  /** Bytes from which on a request takes no more rows; one row alone may have more. */
  readonly bytes: number;
  /** Whether the job says nothing of it. */
  readonly isDefault: boolean;
};

/** `requests.batch_size` of a backend that names no other: a server spends little of its time per request then. */
export const DEFAULT_BATCH_ROWS = 500;

/** Rows of embeddings or long texts are cut by this before they are 500. */
export const DEFAULT_BATCH_BYTES = 1_000_000;

/** What the job says, else what suits the backend. */
export function requestBatch(
  { requests }: Pick<Job, "requests">,
  { defaultBatchSize }: Pick<BackendCapabilities, "defaultBatchSize">,
): RequestBatch {
  if (requests.batch_size !== undefined)
    return { rows: requests.batch_size, bytes: Number.POSITIVE_INFINITY, isDefault: false };
  return { rows: defaultBatchSize ?? DEFAULT_BATCH_ROWS, bytes: DEFAULT_BATCH_BYTES, isDefault: true };
}

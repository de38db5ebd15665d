import type { Job } from "../../job/schema/job.ts";
import type { BackendCapabilities } from "../../ports/backend-capabilities.ts";

/** Rows that are sent again if the job does not say. */
const DEFAULT_ROWS = 20;

/** What becomes of the verification: how many rows, or why none. */
export type VerifyOptions = {
  readonly rows: number;
  /** Why no row is verified; null if some are. */
  readonly skipped: string | null;
  /** Relative difference that numbers may have; undefined for what their precision allows. */
  readonly tolerance: number | undefined;
};

/** What the job says of it, if the backend can be asked again at no cost. */
export function verifyOptions({ verify }: Pick<Job, "verify">, { rescores }: BackendCapabilities): VerifyOptions {
  const { rows = DEFAULT_ROWS, tolerance } = typeof verify === "object" ? verify : {};
  if (verify === false || rows === 0) return { rows: 0, skipped: "The job turns it off (verify).", tolerance };
  if (rescores !== true)
    return { rows: 0, skipped: "Sending rows again costs time or money with this backend.", tolerance };
  return { rows, skipped: null, tolerance };
}

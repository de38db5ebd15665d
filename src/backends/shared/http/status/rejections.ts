import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";

/** Rejections that are the rows' fault if the server answers other rows, and the job's if it answers none. */
export type Rejections = {
  /** A single request was rejected while none was answered. Throws the error once there are enough to conclude that no row will pass. */
  add(error: ScoreframeError): void;
  /** The error of a run that ends now; null if a request was answered, or none was rejected. */
  undecided(): ScoreframeError | null;
};

/** If this number of requests is rejected, each with other rows, and none is answered, the rows are not at fault. */
export const REJECTIONS_THAT_DECIDE = 5;

export function createRejections(isAnyAnswered: () => boolean): Rejections {
  let rejected = 0;
  let first: ScoreframeError | null = null;
  return {
    add(error) {
      if (isAnyAnswered()) return;
      rejected += 1;
      first ??= error;
      if (rejected >= REJECTIONS_THAT_DECIDE) throw first;
    },
    undecided: () => (isAnyAnswered() ? null : first),
  };
}

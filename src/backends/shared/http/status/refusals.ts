import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";

/** Refusals that are the rows' fault if the server answers other rows, and the job's if it answers none. */
export type Refusals = {
  /** A single request was refused while none was answered. Throws the error once there are so many that no row will pass. */
  add(error: ScoreframeError): void;
  /** What ends the run if it is at its end now; null if a request was answered, or none was refused. */
  undecided(): ScoreframeError | null;
};

/** Requests refused, with other rows each, and none answered: it is not the rows. */
export const REFUSALS_THAT_DECIDE = 5;

export function createRefusals(isAnyAnswered: () => boolean): Refusals {
  let refused = 0;
  let first: ScoreframeError | null = null;
  return {
    add(error) {
      if (isAnyAnswered()) return;
      refused += 1;
      first ??= error;
      if (refused >= REFUSALS_THAT_DECIDE) throw first;
    },
    undecided: () => (isAnyAnswered() ? null : first),
  };
}

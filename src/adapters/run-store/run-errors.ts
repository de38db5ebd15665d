import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";

/** `place`: where runs are kept, as a person would write it; `known`: the ids that there are, oldest first. */
export function runNotFound(runId: string, place: string, known: readonly string[]): ScoreframeError {
  const hint =
    known.length === 0
      ? "It holds no runs at all; is --workspace right?"
      : `The newest are: ${known.slice(-5).reverse().join(", ")}.`;
  return new ScoreframeError("RUN_NOT_FOUND", `There is no run "${runId}" in ${place}. ${hint}`, {
    details: { runId },
  });
}

/** `run`: the run's place, which ends with its id. */
export function runExists(run: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError(
    "STORAGE_FAILED",
    `A run with the id of ${run} exists already. Give another run id, or none to have one made.`,
    { operation: "create run", cause },
  );
}

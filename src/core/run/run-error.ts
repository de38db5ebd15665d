import { openFilesError } from "../errors/open-files.ts";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { isStorageFailure, pathOf, storageError } from "../errors/storage-error.ts";
import type { RunFiles } from "../ports/run-store.ts";
import type { TableOutput } from "../ports/table-output.ts";
import type { RunTracker } from "./run-tracker.ts";

type StoppedRun = {
  readonly tracker: RunTracker;
  readonly files: Pick<RunFiles, "remote" | "locate" | "folders">;
  readonly output: Pick<TableOutput, "location">;
};

/** How a run ended that its caller has stopped. `thrown`: what ended its work, which may be an error that came before the stop. */
export function stoppedRun(run: StoppedRun, thrown: unknown): ScoreframeError {
  const { input } = run.tracker.ledger;
  const answered = run.tracker.answeredRows;
  // A service that writes its answers into the workspace may remove those of a job that is stopped.
  const kept = run.files.remote === undefined ? "features, requests, answers" : "features, requests";
  return new ScoreframeError(
    "RUN_CANCELLED",
    `The run was stopped after ${answered} of ${input} rows were answered. Nothing was published: ${run.output.location} is as it was. ` +
      `Run the job again, which starts over; what was written of its ${kept} and records is kept in ${run.files.locate(run.files.folders.root)}.`,
    { operation: "run", cause: thrown },
  );
}

/** What ended a run, as a ScoreframeError; `folder`: where a file was, if the system does not say which. */
export function runError(thrown: unknown, folder: string): ScoreframeError {
  const limited = openFilesError(thrown);
  if (limited !== null) return limited;
  if (ScoreframeError.is(thrown)) return thrown;
  if (isStorageFailure(thrown)) return storageError(pathOf(thrown) ?? folder, "write", thrown);
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return new ScoreframeError("INTERNAL", `Internal error: ${text}`, { cause: thrown });
}

import { ScoreframeError } from "../../errors/scoreframe-error.ts";

/** Leaves room for what is put before and behind it in a file's name. */
const MOST_CHARACTERS = 128;
/** Safe in a path, a key, a URL and SQL text; a folder that begins with `.` or `_` is skipped by readers of tables. */
const RUN_ID = /^[A-Za-z0-9][\w.-]*$/;

/** The id, which a caller gave. Throws `USAGE` if it cannot be the name of the run's folder. */
export function checkRunId(runId: string): string {
  if (RUN_ID.test(runId) && runId.length <= MOST_CHARACTERS) return runId;
  const near = runId.replace(/[^\w.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  throw new ScoreframeError(
    "USAGE",
    `${JSON.stringify(runId)} cannot be the id of a run, which names its folder: give up to ${MOST_CHARACTERS} letters, digits, "_", "." and "-" that begin with a letter or digit` +
      `${near === "" ? "" : ` (${near.slice(0, MOST_CHARACTERS)})`}, or none to have one made.`,
    { details: { runId } },
  );
}

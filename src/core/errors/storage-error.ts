import { messageOf, ScoreframeError } from "./scoreframe-error.ts";

/** `STORAGE_FAILED`, with the mend for what the file system said. */
export function storageError(path: string, act: string, cause: unknown): ScoreframeError {
  const said = messageOf(cause);
  return new ScoreframeError("STORAGE_FAILED", `Could not ${act} ${path}: ${said.split("\n")[0]}. ${mendFor(said)}`, {
    operation: act,
    cause,
    details: { path },
  });
}

/** Whether the operating system refused, as Node (`code`) or Polars (`os error 28`) says it; everything else is no matter of storage. */
export function isStorageFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || ScoreframeError.is(thrown)) return false;
  return ("code" in thrown && /^E[A-Z]+$/.test(String(thrown.code))) || /\(os error \d+\)/.test(thrown.message);
}

function mendFor(said: string): string {
  if (/ENOSPC|No space left|EDQUOT|quota/i.test(said))
    return "Free some space, then run the job again; the former table is untouched.";
  if (/EACCES|EPERM|EROFS|[Pp]ermission denied|[Rr]ead-only/.test(said))
    return "Give this user the right to write there, then run the job again.";
  if (/ENAMETOOLONG|name too long/i.test(said))
    return "A partition value is too long for a folder's name: partition by a shorter column.";
  return "Look at the disk, then run the job again.";
}

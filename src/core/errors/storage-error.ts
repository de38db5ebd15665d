import type { ErrorFacts } from "./scoreframe-error.ts";
import { messageOf, ScoreframeError } from "./scoreframe-error.ts";

/** `STORAGE_FAILED`, with a hint for what the file system reported. */
export function storageError(
  path: string,
  act: string,
  cause: unknown,
  facts: Pick<ErrorFacts, "shard"> = {},
): ScoreframeError {
  const said = messageOf(cause);
  return new ScoreframeError("STORAGE_FAILED", `Could not ${act} ${path}: ${reasonIn(said)}. ${hintFor(said)}`, {
    operation: act,
    cause,
    details: { path },
    ...facts,
  });
}

/** Those of the network look the same and are another matter. */
const FILE_SYSTEM_CODES: ReadonlySet<string> = new Set(
  "EACCES EBUSY EDQUOT EEXIST EFBIG EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOENT ENOSPC ENOTDIR ENOTEMPTY EPERM EROFS EXDEV".split(
    " ",
  ),
);

/** Whether this is an error of the operating system, as Node (`code`) or Polars (`os error 28`) reports it; other errors do not concern storage. */
export function isStorageFailure(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || ScoreframeError.is(thrown)) return false;
  return ("code" in thrown && FILE_SYSTEM_CODES.has(String(thrown.code))) || /\(os error \d+\)/.test(thrown.message);
}

/** The path that Node names in an error of the file system. */
export function pathOf(thrown: unknown): string | null {
  return thrown instanceof Error && "path" in thrown && typeof thrown.path === "string" ? thrown.path : null;
}

/** A full disk is called one, whatever library met it and in which words. */
export function isDiskFull(said: string): boolean {
  return /ENOSPC|No space left|EDQUOT|quota/i.test(said);
}

function reasonIn(said: string): string | undefined {
  return isDiskFull(said) ? "no space is left on the disk" : said.split("\n")[0];
}

function hintFor(said: string): string {
  if (isDiskFull(said)) return "Free some space, then run the job again; the former table is untouched.";
  if (/EACCES|EPERM|EROFS|[Pp]ermission denied|[Rr]ead-only/.test(said))
    return "Give this user the right to write there, then run the job again.";
  if (/ENAMETOOLONG|name too long/i.test(said))
    return "A partition value is too long for a folder's name: partition by a shorter column.";
  return "Look at the disk, then run the job again.";
}

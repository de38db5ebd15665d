import type { JobPath } from "../../domain/job-path.ts";
import { valueClassAt } from "../schema/schema-lookup.ts";
import { isBridgeKey } from "./bridge-job.ts";
import type { SetValues } from "./set-overrides.ts";

const LONGEST_SHOWN = 60;

/**
 * The value of `--set` for one of these spellings of a place or for a place around it, as messages show it: `--set requests.batch_size=abc`.
 * Undefined if the place is the job's own. `used` are the names that the job has as `{{ name }}`.
 */
export function settingAt(
  paths: readonly JobPath[],
  set: SetValues,
  { job, used }: { readonly job: unknown; readonly used: ReadonlySet<string> },
): string | undefined {
  const found = Object.entries(set)
    .filter(([key]) => isPlace(key, job, used) && paths.some((path) => startsWith(path, key.split("."))))
    .sort(([left], [right]) => right.length - left.length)[0];
  return found === undefined ? undefined : show(found[0], found[1]);
}

function isPlace(key: string, job: unknown, used: ReadonlySet<string>): boolean {
  if (used.has(key) && !key.includes(".")) return false;
  return isBridgeKey(key) || valueClassAt(key.split("."), job) !== undefined;
}

function startsWith(path: JobPath, beginning: readonly string[]): boolean {
  return beginning.every((part, index) => String(path[index]) === part);
}

/** Options of a backend and addresses may hold secrets. */
function show(key: string, text: string): string {
  const mayBeSecret = (key.startsWith("backend") && key !== "backend.kind") || text.includes("://");
  const isShort = text.length <= LONGEST_SHOWN && !/[\r\n]/.test(text);
  return `--set ${key}=${mayBeSecret || !isShort ? "…" : text}`;
}

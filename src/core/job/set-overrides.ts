import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { didYouMean } from "./did-you-mean.ts";
import { dotted, isRecord } from "./job-path.ts";
import { namedPaths, valueClassAt } from "./schema-lookup.ts";

/** Values of `--set`, by key. */
export type SetValues = Readonly<Record<string, string>>;

/** Given for every job by whoever schedules it, so a job may do without. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(["ds", "run_id"]);

/** `["ds=2024-05-01", "requests.batch_size=500"]` as an object; the last value of a key counts. Throws USAGE. */
export function parseSetArguments(settings: readonly string[]): SetValues {
  return Object.fromEntries(
    settings.map((setting) => {
      const equals = setting.indexOf("=");
      if (equals > 0) return [setting.slice(0, equals).trim(), setting.slice(equals + 1)];
      // What was written may be a secret that lost its key, so it is not repeated.
      throw new ScoreframeError("USAGE", "--set takes key=value, as in --set ds=2024-05-01.", { option: "--set" });
    }),
  );
}

/**
 * Puts the values of `--set` whose keys are places of a job into a copy of it. `used` are the names that the job has as `{{ name }}`:
 * a key without a dot that is one of them only fills it. Throws USAGE for a key that would do nothing.
 */
export function applySetValues(
  job: unknown,
  set: SetValues,
  used: ReadonlySet<string>,
  readTyped: (text: string) => unknown,
): unknown {
  let result = job;
  for (const [key, text] of Object.entries(set)) {
    if (used.has(key) && !key.includes(".")) continue;
    const path = key.split(".");
    const valueClass = valueClassAt(path);
    if (valueClass === undefined) {
      if (used.has(key) || ALWAYS_ALLOWED.has(key)) continue;
      throw uselessKey(key, used);
    }
    result = withValue(result, path, 0, readAs(valueClass, text, key, readTyped));
  }
  return result;
}

function readAs(valueClass: string, text: string, key: string, readTyped: (text: string) => unknown): unknown {
  if (valueClass === "text") return text;
  const value = readTyped(text);
  if (valueClass === "either") return isRecord(value) ? value : text;
  if (value === null && text.trim() === "") {
    throw new ScoreframeError("USAGE", `--set ${key}= has no value. Write --set ${key}=value.`, { option: key });
  }
  return value;
}

function withValue(value: unknown, path: readonly string[], depth: number, replacement: unknown): unknown {
  const key = path[depth];
  if (key === undefined) return replacement;
  if (value !== undefined && !isRecord(value)) {
    const whole = path.slice(0, depth).join(".");
    throw new ScoreframeError(
      "USAGE",
      `--set ${path.join(".")}: ${whole} is not an object in the job. Set ${whole} as a whole.`,
      {
        option: whole,
      },
    );
  }
  return { ...value, [key]: withValue(value?.[key], path, depth + 1, replacement) };
}

function uselessKey(key: string, used: ReadonlySet<string>): ScoreframeError {
  const hint = didYouMean(key, [...used, ...namedPaths().map(dotted)]);
  return new ScoreframeError(
    "USAGE",
    `--set ${key}=… fills nothing: the job has neither \`{{ ${key} }}\` nor a key ${key}.${hint}`,
    { option: key },
  );
}

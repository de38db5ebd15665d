import type { JobPath } from "../../domain/job-path.ts";
import { dotted, isRecord, valueAt } from "../../domain/job-path.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { nearest } from "../../util/nearest.ts";
import { namedPaths, valueClassAt } from "../schema/schema-lookup.ts";

/** Values of `--set`, by key. */
export type SetValues = Readonly<Record<string, string>>;

/** A scheduler gives them to every job, so a job need not use them. */
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

export type SetContext = {
  /** Names that the job has as `{{ name }}`: a key without a dot that is one of them only fills it. */
  readonly used: ReadonlySet<string>;
  /** Reads a value for a place that does not hold text. */
  readonly readTyped: (text: string) => unknown;
  /** Keys that the job may have in addition to its places, for suggestions. */
  readonly otherKeys?: readonly string[];
};

/** Puts the values of `--set` whose keys are places of a job into a copy of it. Throws USAGE for a key that would change nothing. */
export function applySetValues(job: unknown, set: SetValues, context: SetContext): unknown {
  const { used, readTyped } = context;
  let result = job;
  for (const [key, text] of Object.entries(set)) {
    if (used.has(key) && !key.includes(".")) continue;
    const path = key.split(".");
    const valueClass = valueClassAt(path, job);
    if (valueClass === undefined) {
      if (used.has(key) || ALWAYS_ALLOWED.has(key)) continue;
      throw unknownKey(key, job, context);
    }
    result = withValue(result, path, 0, readAs(valueClass, text, key, readTyped));
  }
  for (const key of Object.keys(set)) assertTableIsRead(key, job, result);
  return result;
}

/** A table that `--set` adds is in the query; one that is not has a misspelt name. */
function assertTableIsRead(key: string, before: unknown, after: unknown): void {
  const [source, tables, name] = key.split(".");
  if (source !== "source" || tables !== "tables" || name === undefined) return;
  const written = valueAt(before, ["source", "tables"]);
  const sql = valueAt(after, ["source", "sql"]);
  if (typeof sql !== "string" || (isRecord(written) && Object.hasOwn(written, name))) return;
  if (sql.toLowerCase().includes(name.toLowerCase()) || /\{\{|\$\{/.test(sql)) return;
  const meant = nearest(name, Object.keys(isRecord(written) ? written : {}));
  const hint = meant === undefined ? "" : ` Did you mean source.tables.${meant}?`;
  const message = `--set ${key}=… changes nothing: the query does not read a table ${name}.${hint}`;
  throw new ScoreframeError("USAGE", message, { option: key });
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

function unknownKey(key: string, job: unknown, { used, otherKeys = [] }: SetContext): ScoreframeError {
  const variables = [...used].sort();
  const uses =
    variables.length === 0
      ? "The job uses no variables."
      : `The job uses the variable${variables.length === 1 ? "" : "s"} ${variables.join(", ")}.`;
  const places = [...writtenPaths(job), ...namedPaths()].map(dotted);
  const meant = nearest(key, [...variables, ...otherKeys, ...places]) ?? placeCalled(key, places);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const message = `--set ${key}=… changes nothing: the job has neither \`{{ ${key} }}\` nor a key ${key}. ${uses}${hint}`;
  return new ScoreframeError("USAGE", message, { option: key, details: { variables } });
}

/** `requests.batch_size` for `batch_size` or `batchsize`. */
function placeCalled(key: string, places: readonly string[]): string | undefined {
  const last = (place: string): string => place.split(".").at(-1) ?? place;
  const name = nearest(key, places.map(last));
  return name === undefined ? undefined : places.find((place) => last(place) === name);
}

/** Every place that the job itself has, such as the options of its backend. */
function writtenPaths(value: unknown, path: JobPath = []): readonly JobPath[] {
  if (!isRecord(value)) return path.length === 0 ? [] : [path];
  return Object.entries(value).flatMap(([key, child]) => writtenPaths(child, [...path, key]));
}

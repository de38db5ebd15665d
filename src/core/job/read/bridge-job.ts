import type { JobPath } from "../../domain/job-path.ts";
import { isRecord } from "../../domain/job-path.ts";
import { nearest } from "../../util/nearest.ts";
import type { JobProblem } from "./job-problem.ts";

/** Where each flat key of the Adroit bridge is in a job. */
const PLACES: Readonly<Record<string, JobPath>> = {
  name: ["name"],
  output: ["output"],
  tables: ["source", "tables"],
  sql: ["source", "sql"],
  request_file_size_mb: ["requests", "file_size_mb"],
  request_batch_size: ["requests", "batch_size"],
  model_name: ["backend", "model_name"],
  version: ["backend", "version"],
  instance_type: ["backend", "instance_type"],
  max_instance_count: ["backend", "max_instance_count"],
  image: ["backend", "image"],
  execution_role_arn: ["backend", "execution_role_arn"],
  model_data_url: ["backend", "model_data_url"],
  region: ["backend", "region"],
};

/** Keys that are accepted and mean nothing here, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  flavor:
    "the model's container reads the requests, whatever library it was made with. Set model.protocol if it needs another form of requests.",
  spark_arguments: "there is no Spark here, one machine does its work.",
};

/** Keys that flat and nested jobs share. */
const SHARED: ReadonlySet<string> = new Set(["name", "output"]);
const NESTED: ReadonlySet<string> = new Set(["source", "model", "requests", "backend", "failure"]);
/** They are words of nested jobs and of other files, too: alone they do not make a job a flat one. */
const COMMON: ReadonlySet<string> = new Set(["version", "region", "execution_role_arn", "model_data_url"]);
/** The keys that a flat job may have. */
export const BRIDGE_KEYS: readonly string[] = [...Object.keys(PLACES), ...Object.keys(IGNORED)];

/** What the name of a SageMaker model cannot hold. */
const NO_NAME_CHARACTERS = /[^a-zA-Z0-9]+/g;

export type BridgeTranslation = {
  readonly job: unknown;
  readonly problems: readonly JobProblem[];
  readonly warnings: readonly string[];
};

/** Whether a job is written with the flat keys of the Adroit bridge. */
export function isBridgeJob(input: unknown): input is Record<string, unknown> {
  return (
    isRecord(input) &&
    Object.keys(input).some((key) => BRIDGE_KEYS.includes(key) && !SHARED.has(key) && !COMMON.has(key))
  );
}

/** Whether `--set` may name this key in a flat job. */
export function isBridgeKey(key: string): boolean {
  return BRIDGE_KEYS.includes(key);
}

/** The flat spelling of a place in the job, for messages; the place itself if it has no flat spelling. */
export function bridgePath(path: JobPath): JobPath {
  for (const [key, place] of Object.entries(PLACES)) {
    if (place.every((part, index) => path[index] === part)) return [key, ...path.slice(place.length)];
  }
  return path;
}

/**
 * A flat job as a nested one: the model is run by the `sagemaker` backend, as the bridge did. Values are checked where those of a nested
 * job are. Without `name` the job is called like its model, and without `output` it writes to `out/<name>`.
 */
export function translateBridgeJob(flat: Readonly<Record<string, unknown>>): BridgeTranslation {
  const problems = bridgeProblems(flat);
  const pick = (section: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(PLACES)
        .filter(([key, place]) => place[0] === section && place.length === 2 && flat[key] !== undefined)
        .map(([key, place]) => [String(place[1]), flat[key]]),
    );
  const name = flat["name"] ?? flat["model_name"];
  const output = flat["output"] ?? `out/${String(name).replace(/[^\w.{}$ -]+/g, "-")}`;
  const model = sagemakerName(flat["model_name"]);
  const job = {
    name,
    source: { kind: "sql", ...pick("source") },
    requests: { file_size_mb: 5, batch_size: 5, ...pick("requests") },
    backend: {
      kind: "sagemaker",
      instance_type: "ml.c5.xlarge",
      max_instance_count: 1,
      ...pick("backend"),
      model_name: model,
    },
    output: typeof output === "string" ? { path: output } : output,
  };
  const ignored = Object.entries(IGNORED)
    .filter(([key]) => flat[key] !== undefined && flat[key] !== null)
    .map(([key, reason]) => `${key} is ignored: ${reason}`);
  const renamed =
    model === flat["model_name"]
      ? []
      : [
          `The model "${String(flat["model_name"])}" is called "${String(model)}" in SageMaker, whose names allow no special characters except hyphens.`,
        ];
  return { job, problems, warnings: [...ignored, ...renamed] };
}

/** A registry allows more characters in the name of a model than SageMaker does. A name that is still to be filled stays as it is. */
function sagemakerName(name: unknown): unknown {
  if (typeof name !== "string" || /\{\{|\$\{/.test(name)) return name;
  return name.replace(NO_NAME_CHARACTERS, "-").replace(/^-|-$/g, "") || name;
}

function bridgeProblems(flat: Readonly<Record<string, unknown>>): JobProblem[] {
  const problems: JobProblem[] = [];
  for (const key of Object.keys(flat)) {
    if (BRIDGE_KEYS.includes(key)) continue;
    problems.push({ path: [key], at: "key", message: NESTED.has(key) ? mixed(key, flat) : unknown(key) });
  }
  for (const key of ["model_name", "sql"]) {
    const mixing = problems.some((problem) => NESTED.has(String(problem.path[0])));
    if (!mixing && flat[key] === undefined)
      problems.push({ path: [key], at: "value", message: "is missing; expected a string" });
  }
  return problems;
}

function mixed(key: string, flat: Readonly<Record<string, unknown>>): string {
  const moves = Object.keys(flat)
    .filter((name) => BRIDGE_KEYS.includes(name) && !SHARED.has(name))
    .map((name) => (name in IGNORED ? `delete ${name}` : `${name} belongs at ${PLACES[name]?.join(".")}`));
  return `a job is written with flat keys or with nested ones, not with both; next to \`${key}\`, ${moves.join(", ")}`;
}

function unknown(key: string): string {
  const near = nearest(key, BRIDGE_KEYS);
  const advice =
    near === undefined ? `the keys of a flat job are ${BRIDGE_KEYS.join(", ")}` : `did you mean \`${near}\`?`;
  return `unknown key; ${advice}`;
}

import { parse as parseYaml } from "yaml";
import { isRecord, mapTexts } from "../../domain/job-path.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { jobSecrets, joinSecrets } from "../../secrets/job-secrets.ts";
import { createSecretMask } from "../../secrets/secret-mask.ts";
import type { JobProvenance } from "../record/job-provenance.ts";
import { provenanceOf, rememberProvenance } from "../record/job-provenance.ts";
import { recordedSet } from "../record/recorded-set.ts";
import type { Job } from "../schema/job.ts";
import { jobSchema, pluginSourceJobSchema } from "../schema/job-schema.ts";
import { findForeignData } from "../schema/plain-data.ts";
import { isPluginSource } from "../schema/source-schema.ts";
import { BRIDGE_KEYS, bridgePath, isBridgeJob, isBridgeKey, translateBridgeJob } from "./bridge-job.ts";
import { describeIssues } from "./describe-issues.ts";
import { fillTemplates, templateNames, variableProblem } from "./fill-templates.ts";
import type { JobOrigin, JobProblem } from "./job-problem.ts";
import { IN_MEMORY, problemsError } from "./job-problem.ts";
import type { SetValues } from "./set-overrides.ts";
import { applySetValues } from "./set-overrides.ts";
import { settingAt } from "./setting-at.ts";

export type ParseJobOptions = {
  /** Values of `{{ name }}`. `run_id` may be left out: see `fillRunId`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Values of `--set`: they win over `variables`, and those whose key is a place of the job replace what is there. */
  readonly set?: SetValues;
  /** Values of `${NAME}`, as in `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether the program has sources of its own, so that `source.kind` may be one that is unknown here. @default false */
  readonly hasPluginSources?: boolean;
  /** Where the job was read, for messages. */
  readonly origin?: JobOrigin;
};

/**
 * Checks a job, fills its templates and puts the defaults in; the result is frozen. A job that is parsed already comes back as it is, unless
 * it has to be filled or changed again.
 *
 * Throws JOB_INVALID (all problems in one error, one per line), TEMPLATE_VARIABLE_MISSING, and USAGE for a `set` that would do nothing.
 */
export function parseJob(input: unknown, options: ParseJobOptions = {}): Job {
  const { set = {}, variables = {}, env = {}, hasPluginSources = false, origin = IN_MEMORY } = options;
  const known = provenanceOf(input);
  if (known !== undefined && Object.keys(set).length + Object.keys(variables).length === 0) return input as Job;
  const nested = toNested(known?.unexpanded ?? input, set, origin);
  const values = { env, variables: checkVariables({ ...variables, ...set }, templateNames(nested.job)) };
  const filled = fillTemplates(nested.job, values, readTyped);
  const used = templateNames(known?.unexpanded ?? input);
  const found = jobSecrets({
    plugins: pluginParts(filled.value),
    filled: filled.value,
    written: nested.job,
    env,
    variables: { ...variables, ...set },
  });
  const secrets = joinSecrets(known?.secrets, found);
  const located = (problem: JobProblem): JobProblem => {
    const path = nested.flat ? bridgePath(problem.path) : problem.path;
    return { ...problem, path, setting: settingAt([path, problem.path], set, { job: nested.job, used }) };
  };
  const fail = (code: "JOB_INVALID" | "TEMPLATE_VARIABLE_MISSING", problems: readonly JobProblem[]): never => {
    throw createSecretMask(secrets.all).error(problemsError(code, problems.map(located), origin));
  };
  if (filled.problems.length > 0) fail("JOB_INVALID", [...filled.problems, ...filled.missing]);
  if (filled.missing.length > 0) fail("TEMPLATE_VARIABLE_MISSING", filled.missing);
  const schema = hasPluginSources || namesPlugins(filled.value) ? schemaFor(filled.value) : jobSchema;
  const parsed = schema.safeParse(filled.value);
  if (!parsed.success) return fail("JOB_INVALID", describeIssues(parsed.error.issues, filled.unexpanded));
  return remember(parsed.data, {
    unexpanded: filled.unexpanded,
    warnings: [...(known?.warnings ?? []), ...nested.warnings],
    set: { ...known?.set, ...recordedSet(set, nested.job, readTyped) },
    secrets,
  });
}

/** The parts of a job whose options are a plug-in's. */
function pluginParts(job: unknown): readonly unknown[] {
  if (!isRecord(job)) return [];
  return isPluginSource(job["source"]) ? [job["backend"], job["source"]] : [job["backend"]];
}

/** The modules are loaded later, so that it is unknown here which sources they have. */
function namesPlugins(job: unknown): boolean {
  return isRecord(job) && (Array.isArray(job["plugins"]) || Array.isArray(job["backends"]));
}

function schemaFor(job: unknown): typeof jobSchema | typeof pluginSourceJobSchema {
  return isRecord(job) && isPluginSource(job["source"]) ? pluginSourceJobSchema : jobSchema;
}

/** The job of one run: `{{ run_id }}` filled in. */
export function fillRunId(job: Job, runId: string): Job {
  const fill = (text: string): string => text.replace(/\{\{\s*run_id\s*\}\}/g, runId);
  const known = provenanceOf(job);
  const unexpanded = mapTexts(known?.unexpanded ?? job, fill);
  return remember(mapTexts(job, fill) as Job, { warnings: [], set: {}, secrets: joinSecrets(), ...known, unexpanded });
}

type Nested = { readonly job: unknown; readonly warnings: readonly string[]; readonly flat: boolean };

function toNested(input: unknown, set: SetValues, origin: JobOrigin): Nested {
  const foreign = findForeignData(input);
  if (foreign.length > 0) throw problemsError("JOB_INVALID", foreign, origin);
  if (!isBridgeJob(input)) {
    return { job: applySetValues(input, set, { used: templateNames(input), readTyped }), warnings: [], flat: false };
  }
  const entries = Object.entries(set);
  const flatSet = Object.fromEntries(
    entries
      .filter(([key]) => isBridgeKey(key) && !templateNames(input).has(key))
      .map(([key, text]) => [key, readFlat(key, text)]),
  );
  const { job, problems, warnings } = translateBridgeJob({ ...input, ...flatSet });
  if (problems.length > 0) throw problemsError("JOB_INVALID", problems, origin);
  const nestedSet = Object.fromEntries(entries.filter(([key]) => !Object.hasOwn(flatSet, key)));
  const context = { used: templateNames(input), readTyped, otherKeys: BRIDGE_KEYS };
  return { job: applySetValues(job, nestedSet, context), warnings, flat: true };
}

/** Flat keys whose values are no text. */
const TYPED_FLAT_KEYS = ["tables", "output", "max_instance_count", "request_file_size_mb", "request_batch_size"];

function readFlat(key: string, text: string): unknown {
  return TYPED_FLAT_KEYS.includes(key) ? readTyped(text) : text;
}

function checkVariables(
  variables: Readonly<Record<string, string>>,
  used: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(variables)) {
    const reason = used.has(name) ? variableProblem(value) : null;
    if (reason !== null) {
      throw new ScoreframeError("USAGE", `The variable ${name}: ${reason}.`, { option: name });
    }
  }
  // A program without types may give a number.
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

/** `500`, `true`, `[a, b]` as YAML reads them; text that is not YAML stays text, and is rejected if text is wrong there. */
function readTyped(text: string): unknown {
  try {
    return parseYaml(text, { version: "1.2" });
  } catch {
    return text;
  }
}

function remember(data: unknown, provenance: JobProvenance): Job {
  const job = deepFreeze(structuredClone(data)) as Job;
  rememberProvenance(job, { ...provenance, unexpanded: deepFreeze(structuredClone(provenance.unexpanded)) });
  return job;
}

function deepFreeze(value: unknown): unknown {
  if (Array.isArray(value) || isRecord(value)) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}

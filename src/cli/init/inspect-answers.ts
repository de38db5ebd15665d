import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { describeSource } from "../../composition/describe-source.ts";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { JobFileAnswers } from "../../core/job/read/job-file-template.ts";
import type { Column } from "../../core/ports/frame-source.ts";
import { nearest } from "../../core/util/nearest.ts";
import type { CliContext } from "../cli-context.ts";
import { proposeFeatures } from "./propose-features.ts";

/** The answers, with proposed features if there were none, and what was found, as lines for the user. */
export type Inspected = {
  readonly answers: JobFileAnswers;
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
};

/** A path or query with a template is known only when the job runs. */
const TEMPLATE = /\{\{|\$\{/;

/** Inspects the table and the model that the answers name. Throws TABLE_NOT_FOUND and other errors that a run would end with. */
export async function inspectAnswers(
  jobPath: string,
  answers: JobFileAnswers,
  { workingDirectory, signal }: Pick<CliContext, "workingDirectory" | "signal">,
): Promise<Inspected> {
  const folder = dirname(resolve(workingDirectory, jobPath));
  await assertModelExists(answers.backend, folder);
  if (TEMPLATE.test(JSON.stringify(answers.source))) {
    return {
      answers,
      columns: [],
      notes: ["The columns are known only when {{ … }} is filled, so they were not read."],
    };
  }
  const source = answers.source.kind === "sql" ? { ...answers.source, parameters: {} } : answers.source;
  const columns = await describeSource(source, folder, { signal });
  assertColumns(answers, columns);
  const list = `Columns: ${columns.map(({ name, type }) => `${name} ${type}`).join(", ")}`;
  if (answers.features !== undefined || answers.passthrough !== undefined) return { answers, columns, notes: [list] };
  const { features, left } = proposeFeatures(columns, answers.partitionBy);
  if (features.length === 0) {
    const none = "No column is a number or a boolean, so no features are proposed: all columns are sent.";
    return { answers, columns, notes: [list, none] };
  }
  const others = left.map(({ name, reason }) => `${name} (${reason})`).join(", ");
  const notes = [
    list,
    `Features: ${features.join(", ")}`,
    ...(others === "" ? [] : [`Left out: ${others}. Change model.features in the file.`]),
  ];
  return { answers: { ...answers, features }, columns, notes };
}

async function assertModelExists(backend: JobFileAnswers["backend"], folder: string): Promise<void> {
  if (backend.kind !== "local" || !("model" in backend) || TEMPLATE.test(backend.model)) return;
  const path = resolve(folder, backend.model);
  const names = await readdir(dirname(path)).catch((): string[] => []);
  if (names.includes(basename(path))) return;
  const near = nearest(basename(path), names);
  const advice = near === undefined ? "Correct the path." : `Did you mean ${join(dirname(path), near)}?`;
  throw new ScoreframeError("USAGE", `There is no model ${path}. ${advice}`, { option: "--model" });
}

/** A column that an option names is one of the table's. */
function assertColumns(answers: JobFileAnswers, columns: readonly Column[]): void {
  const known = columns.map(({ name }) => name);
  const given = {
    "--features": answers.features,
    "--passthrough": answers.passthrough,
    "--partition-by": answers.partitionBy,
  };
  for (const [option, names = []] of Object.entries(given)) {
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    const near = nearest(unknown, known);
    const advice = near === undefined ? `There are: ${known.join(", ")}.` : `Did you mean ${near}?`;
    throw new ScoreframeError("USAGE", `${option}: the table has no column ${unknown}. ${advice}`, { option });
  }
}

import { assertNoCollisions } from "../../domain/assert-no-collisions.ts";
import { partitionNameProblem } from "../../domain/hive-path.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Job } from "../../job/schema/job.ts";
import { nearest } from "../../util/nearest.ts";

export type ChosenColumns = {
  /** What is sent to the model, in order; the column of `response.key` follows the features if it is not one of them. */
  readonly features: readonly string[];
  /** What is written with the predictions, in order. */
  readonly keep: readonly string[];
};

/**
 * `features` default to all columns but `passthrough`, and `passthrough` to all columns but `features`; the output keeps all columns, or with
 * `output.columns: predictions` those that are passed through or partitioned by. Predictions that a contract states must not meet any of them.
 */
export function chooseColumns(
  names: readonly string[],
  { model, output, response }: Pick<Job, "model" | "output" | "response">,
): ChosenColumns {
  const key = typeof response?.key === "object" ? response.key.column : response?.key;
  requireKnown(names, model.features ?? [], "model.features");
  requireKnown(names, model.passthrough ?? [], "model.passthrough");
  requireKnown(names, output.partition_by, "output.partition_by");
  requireKnown(names, key === undefined ? [] : [key], "response.key");
  requirePartitionNames(output.partition_by);
  const aside = new Set(model.passthrough ?? names.filter((name) => model.features?.includes(name) === false));
  const features = model.features ?? names.filter((name) => !aside.has(name));
  if (features.length === 0) {
    throw new ScoreframeError(
      "COLUMN_UNKNOWN",
      `No column is left for the model: all of ${list(names)} are passed through. Name some in model.features.`,
      {
        option: "model.features",
      },
    );
  }
  const kept = new Set([...aside, ...output.partition_by]);
  const keep = output.columns === "all" ? names : names.filter((name) => kept.has(name));
  assertNoIdentityCollisions(keep, output);
  assertNoContractCollisions(keep, output);
  return { features: key === undefined || features.includes(key) ? features : [...features, key], keep };
}

/** A source that has been scored before may well have them. */
function assertNoIdentityCollisions(keep: readonly string[], output: Job["output"]): void {
  const column = keep.find((name) => identityOf(output).includes(name.toLowerCase()));
  if (column === undefined) return;
  throw new ScoreframeError(
    "COLUMN_COLLISION",
    `The source has a column "${column}", and output.include_row_id adds one of that name. Rename the source's, or leave include_row_id out.`,
    { option: "output.include_row_id", details: { column } },
  );
}

function identityOf(output: Job["output"]): readonly string[] {
  return output.include_row_id ? ["row_id", "batch_index"] : [];
}

function assertNoContractCollisions(keep: readonly string[], output: Job["output"]): void {
  const stated = Object.keys(output.predictions ?? {}).map((name) => ({ name: `${output.prefix ?? ""}${name}` }));
  assertNoCollisions(
    [...identityOf(output), ...keep].map((name) => ({ name })),
    stated,
    "output.prefix",
  );
}

function requireKnown(names: readonly string[], wanted: readonly string[], option: string): void {
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    throw new ScoreframeError(
      "COLUMN_UNKNOWN",
      `${option} names the column "${unknown}", which the source does not have.${near === undefined ? "" : ` Did you mean "${near}"?`} It has: ${list(names)}.`,
      { option, details: { column: unknown, columns: names } },
    );
  }
  const twice = wanted.find((name, index) => wanted.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ScoreframeError("JOB_INVALID", `${option} names the column "${twice}" twice. Remove one.`, { option });
}

function requirePartitionNames(names: readonly string[]): void {
  for (const name of names) {
    const problem = partitionNameProblem(name);
    if (problem === null) continue;
    throw new ScoreframeError(
      "JOB_INVALID",
      `The column ${JSON.stringify(name)} cannot name partitions: its name ${problem}. Give it another one in the source's SQL.`,
      { option: "output.partition_by", details: { column: name } },
    );
  }
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

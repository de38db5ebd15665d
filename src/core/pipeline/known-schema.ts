import type { TypedColumn } from "../frames/column-type.ts";
import { contractColumns } from "../frames/contract-columns.ts";
import type { Job } from "../job/job.ts";
import { parsePredictionTypes } from "../job/parse-prediction-type.ts";
import type { ChosenColumns } from "./choose-columns.ts";
import type { CollectedShards } from "./collect.ts";
import type { ExtractedInput } from "./extract.ts";

/**
 * The columns that are known without a shard: those of the source, the predictions that a contract states, and a column of nulls where the
 * model answered nothing else for any row.
 */
export function knownSchema(
  job: Job,
  table: ExtractedInput,
  columns: ChosenColumns,
  form: CollectedShards["form"],
): TypedColumn[] {
  const prefix = job.output.prefix ?? "";
  const contract = parsePredictionTypes(job.output.predictions);
  const unanswered: TypedColumn[] =
    form === null && table.rows > 0 ? [{ name: `${prefix}prediction`, type: "Null" }] : [];
  return [
    ...identityColumns(job),
    ...table.columns.filter(({ name }) => columns.keep.includes(name)),
    ...(contract === null ? unanswered : contractColumns(contract, prefix)),
  ];
}

/** The columns that say where a row was in its request. */
export function identityColumns({ output }: Pick<Job, "output">): TypedColumn[] {
  return output.include_row_id
    ? [
        { name: "row_id", type: "Int64" },
        { name: "batch_index", type: "Int64" },
      ]
    : [];
}

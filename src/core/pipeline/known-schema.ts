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
  const identity = job.output.include_row_id ? ["row_id", "batch_index"] : [];
  const prefix = job.output.prefix ?? "";
  const contract = parsePredictionTypes(job.output.predictions);
  const unanswered: TypedColumn[] =
    form === null && table.rows > 0 ? [{ name: `${prefix}prediction`, type: "Null" }] : [];
  return [
    ...identity.map((name): TypedColumn => ({ name, type: "Int64" })),
    ...table.columns.filter(({ name }) => columns.keep.includes(name)),
    ...(contract === null ? unanswered : contractColumns(contract, prefix)),
  ];
}

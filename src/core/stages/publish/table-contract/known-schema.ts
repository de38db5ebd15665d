import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { contractColumns } from "../../../domain/types/contract-columns.ts";
import { parsePredictionTypes } from "../../../domain/types/parse-prediction-type.ts";
import type { Job } from "../../../job/schema/job.ts";
import type { ChosenColumns } from "../../extract/choose-columns.ts";
import type { ExtractedInput } from "../../extract/extract.ts";

/**
 * The columns that are known without a shard: those of the source, the predictions that a contract states, and a column of nulls if the
 * model answered nothing else for any row.
 */
export function knownSchema(
  job: Job,
  table: ExtractedInput,
  columns: ChosenColumns,
  form: "value" | "object" | null,
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

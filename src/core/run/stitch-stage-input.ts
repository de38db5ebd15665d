import { parsePredictionTypes } from "../domain/types/parse-prediction-type.ts";
import type { RunFolders } from "../ports/run-store.ts";
import type { ChosenColumns } from "../stages/extract/choose-columns.ts";
import type { ExtractedInput } from "../stages/extract/extract.ts";
import type { StitchStageInput } from "../stages/stitch/stitch.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** What the job says of how answers become columns. */
export function stitchStageInput(
  { job, protocol, requestOptions, mask }: Pick<PreparedRun, "job" | "protocol" | "requestOptions" | "mask">,
  table: ExtractedInput,
  { keep }: ChosenColumns,
  folders: RunFolders,
): StitchStageInput {
  const { output } = job;
  return {
    protocol,
    options: requestOptions,
    naming: { prefix: output.prefix ?? "", flatten: output.flatten },
    contract: parsePredictionTypes(output.predictions),
    source: table.columns,
    keep,
    partitionBy: output.partition_by,
    includeRowId: output.include_row_id,
    folders,
    secrets: mask.secrets,
  };
}

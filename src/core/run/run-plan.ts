import { parsePredictionTypes } from "../domain/types/parse-prediction-type.ts";
import { assertPartitionType } from "../domain/types/partition-type.ts";
import type { ChosenColumns } from "../stages/extract/choose-columns.ts";
import { chooseColumns } from "../stages/extract/choose-columns.ts";
import { assertKeyType } from "../stages/extract/chosen-pairing.ts";
import type { ExtractedInput } from "../stages/extract/extract.ts";
import { assertFeatures } from "../stages/shard/assert-features.ts";
import type { ShardStageInput } from "../stages/shard/shard-stage.ts";
import type { StitchStageInput } from "../stages/stitch/stitch.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** Everything that is decided about a run once the columns of its table are known. It is made once and is valid; the stages take it as it is. */
export type RunPlan = {
  readonly columns: ChosenColumns;
  /** How the table is cut into shards. Megabytes are 10^6 bytes. */
  readonly shard: Omit<ShardStageInput, "folders">;
  /** How predictions become columns. */
  readonly stitch: Omit<StitchStageInput, "folders" | "sample">;
};

/**
 * Plans a run of a prepared job over a frozen table: no file is read and nothing is started. Throws `COLUMN_UNKNOWN`, `COLUMN_TYPE_UNSUPPORTED`,
 * `COLUMN_COLLISION` or `JOB_INVALID` if the job and the columns do not fit.
 */
export function planRun(
  { job, backend, protocol, requestOptions, batch, mask }: Omit<PreparedRun, "output" | "source" | "baseDirectory">,
  table: ExtractedInput,
): RunPlan {
  const { output, requests, failure } = job;
  const columns = chooseColumns(
    table.columns.map(({ name }) => name),
    job,
  );
  for (const column of table.columns) if (output.partition_by.includes(column.name)) assertPartitionType(column);
  assertFeatures(table.columns, columns.features, protocol, requestOptions);
  assertKeyType(table.columns, requestOptions.pairing);
  return {
    columns,
    shard: {
      table,
      columns: table.columns,
      features: columns.features,
      protocol,
      options: requestOptions,
      batchSize: batch.rows,
      softLineBytes: batch.bytes,
      maxLineBytes: backend.capabilities.maxRequestBytes,
      maxFileBytes: Math.floor(requests.file_size_mb * 1_000_000),
      oversizedRows: failure.oversized_rows,
    },
    stitch: {
      protocol,
      options: requestOptions,
      naming: { prefix: output.prefix ?? "", flatten: output.flatten },
      contract: parsePredictionTypes(output.predictions),
      source: table.columns,
      keep: columns.keep,
      partitionBy: output.partition_by,
      includeRowId: output.include_row_id,
      secrets: mask.secrets,
    },
  };
}

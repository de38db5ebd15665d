import { tmpdir } from "node:os";
import type { RunFolders } from "../ports/run-store.ts";
import type { ChosenColumns } from "../stages/extract/choose-columns.ts";
import { assertKeyType } from "../stages/extract/chosen-pairing.ts";
import type { ExtractedInput } from "../stages/extract/extract.ts";
import { refuseFeatures } from "../stages/shard/refuse-features.ts";
import type { ShardStageInput } from "../stages/shard/shard-stage.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** Folders of a stage that writes nothing. */
const NOWHERE: RunFolders = {
  root: tmpdir(),
  features: tmpdir(),
  requests: tmpdir(),
  responses: tmpdir(),
  stitched: tmpdir(),
  deadLetter: tmpdir(),
  logs: tmpdir(),
};

/** What the job and the backend say of how rows are cut into shards; MB are 10^6 bytes. Throws `COLUMN_TYPE_UNSUPPORTED`. */
export function shardStageInput(
  {
    job,
    backend,
    protocol,
    requestOptions,
    batch,
  }: Pick<PreparedRun, "job" | "backend" | "protocol" | "requestOptions" | "batch">,
  table: ExtractedInput,
  { features }: ChosenColumns,
  folders: RunFolders = NOWHERE,
): ShardStageInput {
  refuseFeatures(table.columns, features, protocol, requestOptions);
  assertKeyType(table.columns, requestOptions.pairing);
  return {
    table,
    columns: table.columns,
    features,
    protocol,
    options: requestOptions,
    batchSize: batch.rows,
    softLineBytes: batch.bytes,
    maxLineBytes: backend.capabilities.maxRequestBytes,
    maxFileBytes: Math.floor(job.requests.file_size_mb * 1_000_000),
    oversizedRows: job.failure.oversized_rows,
    folders,
  };
}

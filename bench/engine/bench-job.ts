import type { JobInput } from "../../src/core/job/schema/job-input.ts";
import type { Dataset } from "../data/dataset.ts";

/** Where a measured run reads and writes, as absolute paths. */
export type BenchPaths = {
  readonly workspace: string;
  /** The published table. */
  readonly table: string;
  /** Precomputed answers. */
  readonly answers: string;
};

/** The job that is measured: everything a table has is sent, in shards of at most 5,000,000 bytes. */
export function benchJob(dataset: Dataset, paths: BenchPaths): JobInput {
  return {
    name: "bench",
    source: {
      kind: "sql",
      tables: { rows_to_score: dataset.path },
      sql: `select ${dataset.columns.join(", ")} from rows_to_score`,
    },
    requests: { file_size_mb: 5, batch_size: dataset.batchSize },
    backend: { kind: "precomputed" },
    output: { path: paths.table, partition_by: [...dataset.partitionBy] },
  };
}

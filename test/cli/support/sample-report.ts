import type { RunReport } from "../../../src/core/domain/run-report.ts";

/** The report of a run that went well, with what a test changes about it. */
export function sampleReport(changes: Partial<RunReport> = {}): RunReport {
  return {
    run_id: "20240501T093000-k3f9ab",
    job: "flight-delay-scores",
    set: {},
    status: "succeeded",
    ledger: { input: 3_000_000, scored: 3_000_000, dead_lettered: 0, skipped: 0 },
    null_predictions: 0,
    verification: null,
    shards: { total: 61, scored: 61 },
    requests: 6000,
    output: {
      path: "/home/ann/work/out/scores",
      rows: 3_000_000,
      files: 6,
      bytes: 61_200_000,
      partitions: ["ds=2001-01-01", "ds=2001-01-02"],
    },
    dead_letter: null,
    timings_s: { extract: 1.2, shard: 4, score: 12, stitch: 11.5, publish: 0.5, total: 15 },
    request_bytes: 305_000_000,
    retries: 0,
    started_at: "2024-05-01T09:30:00.000Z",
    finished_at: "2024-05-01T09:30:15.000Z",
    cost: null,
    backend: "local",
    protocol: "instances",
    error: null,
    ...changes,
  };
}

import type { ShardRecord } from "../ledger/shard-record.ts";
import type { RunReport } from "../pipeline/run-report.ts";

/** The folders of one run, as absolute local paths; they exist. */
export type RunFolders = {
  readonly root: string;
  readonly features: string;
  readonly requests: string;
  readonly responses: string;
  readonly stitched: string;
  readonly deadLetter: string;
  readonly logs: string;
};

/** What is written of runs. Records are replaced atomically: a reader sees the old one or the new one. */
export type RunStore = {
  /** Makes the folders of a new run; an id that exists already is refused. */
  create(runId: string): Promise<RunFolders>;
  saveReport(report: RunReport): Promise<void>;
  saveShard(runId: string, record: ShardRecord): Promise<void>;
  /** The job as it was given, without secrets. */
  saveJob(runId: string, job: unknown): Promise<void>;
  /** `RUN_NOT_FOUND`, with the ids that there are, where it does not exist. */
  loadReport(runId: string): Promise<RunReport>;
  /** Newest first. */
  listReports(): Promise<readonly RunReport[]>;
};

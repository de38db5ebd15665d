import type { RunReport } from "../domain/run-report.ts";
import type { ShardRecord } from "../domain/shard-record.ts";

/** The folders of one run on this machine, as absolute paths; they exist. */
export type RunFolders = {
  readonly root: string;
  readonly features: string;
  readonly requests: string;
  readonly responses: string;
  readonly stitched: string;
  readonly deadLetter: string;
  readonly logs: string;
};

/** The files of one run. They are written and read on this machine, and kept where the workspace is: in the same folders, or elsewhere. */
export type RunFiles = {
  readonly folders: RunFolders;
  /** The run's files where a service can reach them; absent if the workspace is a folder of this machine. */
  readonly remote?: RemoteFiles;
  /** A file or folder of the run as a person finds it when the run is over. */
  locate(path: string): string;
  /** Keeps a file that is whole. Resolves when there is room for the next one; `settle` reports what became of it. */
  keep(path: string): Promise<void>;
  /** The run needs these files on this machine no more; those that are kept elsewhere leave it. */
  release(paths: readonly string[]): Promise<void>;
  /** Waits until everything is kept; throws what could not be. */
  settle(): Promise<void>;
  /** Keeps what a run leaves however it ended (dead letters, logs) and frees this machine of what is elsewhere. Called once. */
  close(): Promise<void>;
};

/** What a backend may do with a run's files that are kept elsewhere. Paths are the local ones. */
export type RemoteFiles = {
  /** The address of a file, or of a folder without a `/` at its end: `s3://bucket/prefix/runs/<run_id>/requests`. */
  locate(path: string): string;
  /** Resolves when a file that was given to `keep` is stored. */
  stored(path: string): Promise<void>;
  /** The files in a folder of the run, also those that a service wrote. */
  list(folder: string, signal: AbortSignal): AsyncIterable<{ readonly name: string; readonly bytes: number }>;
  /** Brings a file that a service has written to this machine; it counts as kept. */
  fetch(path: string, signal: AbortSignal): Promise<void>;
};

/**
 * What is removed of a run: `shards` are its features, requests, responses and all else that is made again from the source; its record, job, ledger, dead
 * letters and logs stay. `all-but-report` leaves run.json alone, `run` nothing.
 */
export type Discarded = "shards" | "all-but-report" | "run";

/** What is written of runs. Records are replaced atomically: a reader sees the old one or the new one. */
export type RunStore = {
  /** Looks whether the place can be reached, and resolves to its address; writes nothing. Absent if the workspace is a folder of this machine. */
  reach?(signal: AbortSignal): Promise<string>;
  /** Makes room for a new run; an id that exists already is rejected. */
  create(runId: string, signal: AbortSignal): Promise<RunFiles>;
  saveReport(report: RunReport): Promise<void>;
  saveShard(runId: string, record: ShardRecord): Promise<void>;
  /** The job as it was given, without secrets. */
  saveJob(runId: string, job: unknown): Promise<void>;
  /** `RUN_NOT_FOUND`, with the ids that there are, if it does not exist. */
  loadReport(runId: string): Promise<RunReport>;
  /** Newest first. */
  listReports(): Promise<readonly RunReport[]>;
  /**
   * Removes files of a run that has ended, its record last. Resolves to their bytes; to null, with nothing removed, if it still goes on or if its folder
   * does not have the record of a run of that id.
   */
  discard(
    runId: string,
    what: Discarded,
    options?: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
  ): Promise<number | null>;
};

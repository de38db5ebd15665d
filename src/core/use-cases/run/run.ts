import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunOutput, RunReport } from "../../domain/run-report.ts";
import type { ShardRecord } from "../../domain/shard-record.ts";
import type { ShardResponse } from "../../domain/shard-response.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import type { ErrorCode } from "../../errors/error-codes.ts";
import type { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { messageOf } from "../../errors/scoreframe-error.ts";
import { jobSet } from "../../job/record/job-provenance.ts";
import type { Job } from "../../job/schema/job.ts";
import { assertBalanced } from "../../ledger/row-ledger.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventSink } from "../../ports/event-sink.ts";
import type { FrameSource } from "../../ports/frame-source.ts";
import type { RunFiles, RunStore } from "../../ports/run-store.ts";
import type { ScoringBackend } from "../../ports/scoring-backend.ts";
import type { OutputIntent, OutputLock, TableOutput } from "../../ports/table-output.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";
import { assertEnoughRows, assertFailedRowsAllowed, assertFewNulls } from "../../run/failure-policy.ts";
import { maskLogs } from "../../run/mask-logs.ts";
import { outputIntent } from "../../run/output-intent.ts";
import type { RequestBatch } from "../../run/requests/request-batch.ts";
import { runError, stoppedRun } from "../../run/run-error.ts";
import { planRun } from "../../run/run-plan.ts";
import type { RunTracker } from "../../run/run-tracker.ts";
import { createRunTracker } from "../../run/run-tracker.ts";
import type { Scope } from "../../run/scope.ts";
import { withScope } from "../../run/scope.ts";
import { planSample } from "../../run/verify/plan-sample.ts";
import { identityNames } from "../../run/verify/sampled-rows.ts";
import { verifyOptions } from "../../run/verify/verify-options.ts";
import { verifyRun } from "../../run/verify/verify-run.ts";
import type { SecretMask } from "../../secrets/secret-mask.ts";
import { checkPartitionNames } from "../../stages/extract/check-partition-names.ts";
import type { ChosenColumns } from "../../stages/extract/choose-columns.ts";
import type { ExtractedInput } from "../../stages/extract/extract.ts";
import { extractTable } from "../../stages/extract/extract.ts";
import { inexactFeatures } from "../../stages/extract/inexact-features.ts";
import { publishTable } from "../../stages/publish/publish.ts";
import { identityColumns, knownSchema } from "../../stages/publish/table-contract/known-schema.ts";
import { watchContract } from "../../stages/publish/table-contract/watch-contract.ts";
import { scoreShards } from "../../stages/score/score.ts";
import { shardTable } from "../../stages/shard/shard.ts";
import { withListWidths } from "../../stages/shard/with-list-widths.ts";
import { stitchAnswers } from "../../stages/stitch/stitch.ts";
import { counted } from "../../util/counted.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import { applyKeep, reportUnder } from "../prune-runs/apply-keep.ts";
import type { CollectedShards } from "./collect.ts";
import { collectShards } from "./collect.ts";
import { lockOutput } from "./lock-output.ts";
import { openSession } from "./open-session.ts";

/** A run, ready to go: everything is parsed and chosen, nothing is begun. */
export type RunInput = {
  readonly runId: string;
  readonly job: Job;
  readonly mask: SecretMask;
  /** The job as it may be stored: no secrets. */
  readonly recordedJob: unknown;
  /** Folder that relative paths of the job are relative to. */
  readonly baseDirectory: string;
  readonly source: FrameSource;
  readonly backend: ScoringBackend;
  readonly protocol: ProtocolId;
  readonly requestOptions: RequestOptions;
  readonly batch: RequestBatch;
  readonly output: TableOutput;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  /** How long to wait for another run that is writing the same table. */
  readonly waitMs: number;
};

export type RunTools = {
  readonly pool: FramePool;
  readonly runStore: RunStore;
  readonly clock: Clock;
  /** What the workspace keeps of runs whose job does not say. */
  readonly keep: string;
};

/** How a run ended: its report, and the error if it did not succeed. */
export type RunOutcome = { readonly report: RunReport; readonly error: ScoreframeError | null };

/** What the stages of one run share. */
type Run = RunInput & RunTools & { readonly files: RunFiles; readonly tracker: RunTracker };

/**
 * Scores a table and publishes it, or leaves the published table as it was. Never throws for what happens in the run: the outcome says it,
 * and run.json too.
 */
export async function runJob(input: RunInput, tools: RunTools): Promise<RunOutcome> {
  const { runId, job, events } = input;
  const files = await tools.runStore.create(runId, input.signal);
  const identity = { runId, job: job.name, set: jobSet(job), backend: input.backend.id, protocol: input.protocol };
  const tracker = createRunTracker(identity, files.locate(files.folders.deadLetter), tools.clock, events, input.mask);
  // Named one by one: the engine's tools hold more, under names that a run has, too.
  const { pool, runStore, clock } = tools;
  const keep = job.workspace?.keep ?? tools.keep;
  const run: Run = { ...input, pool, runStore, clock, keep, files, tracker };
  events({ type: "run-started", runId, job: job.name });
  const ended = await attempt(run);
  const outcome = { ...ended, report: reportUnder(keep, ended.report) };
  await maskLogs(files.folders.logs, input.mask).catch((thrown: unknown) => {
    events({ type: "warning", message: `The model's log may hold secrets of the job. ${messageOf(thrown)}` });
  });
  await files.close().catch((thrown: unknown) => {
    events({ type: "warning", message: `Not all that this run leaves could be kept. ${messageOf(thrown)}` });
  });
  await runStore.saveReport(outcome.report).catch((thrown: unknown) => {
    // How the run ended is the news; that its record is stale is not.
    events({ type: "warning", message: `The record of this run says "running" still. ${messageOf(thrown)}` });
  });
  await applyKeep(keep, outcome.report, tools, events);
  events({ type: "run-finished", runId, status: outcome.report.status });
  return outcome;
}

/** A run that its job's own limits have ended. */
const STOPS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["BUDGET_EXCEEDED", "DEADLINE_EXCEEDED"]);

async function attempt(run: Run): Promise<RunOutcome> {
  const { tracker, signal: stopped } = run;
  try {
    await run.runStore.saveJob(run.runId, run.recordedJob);
    await run.runStore.saveReport(tracker.report("running", null, null));
    const output = await withScope(run, (scope) => scoreAndPublish(run, scope));
    const status = tracker.ledger.deadLettered > 0 ? "succeeded_with_dead_letters" : "succeeded";
    return { report: tracker.report(status, output, null), error: null };
  } catch (thrown) {
    const found = stopped.aborted ? stoppedRun(run, thrown) : runError(thrown, run.files.folders.root);
    const error = run.mask.error(found) as ScoreframeError;
    const incomplete = stopped.aborted || STOPS.has(error.code);
    return { report: tracker.report(incomplete ? "incomplete" : "failed", null, error), error };
  }
}

/** The way of a run, from top to bottom. Scoring begins while shards are still being written, stitching while others are scored. */
async function scoreAndPublish(outside: Run, scope: Scope): Promise<RunOutput> {
  const run = { ...outside, signal: scope.signal };
  const { job, tracker, signal, pool, files } = run;
  const { folders } = files;
  await run.output.check(outputIntent(run.runId, run.job));
  const lock = await lockOutput(run, scope);
  // A lock that stays is no reason to call a run failed that has published: the next run takes it over when this process has ended.
  scope.onLeave("The lock of the output", () => lock.release());
  // The model is made ready while the source is read; whichever fails first ends the run.
  const opening = openSession(run, scope);
  const warn = (message: string): void => run.events({ type: "warning", message });
  const table = await tracker.during("extract", () => extractTable(run.source, folders.root, pool, { signal, warn }));
  tracker.extracted(table.rows);
  assertEnoughRows(table.rows, job.failure.min_rows);
  if (table.rows === 0) warn(NO_ROWS);
  const plan = planRun(run, table);
  const { columns } = plan;
  await checkPartitionNames(table, job.output.partition_by, run.output.partitionRoom(run.runId), pool, signal);
  for (const message of await inexactFeatures(table, columns.features, pool, signal)) warn(message);
  const intent = outputIntent(run.runId, job);
  const contract = await watchContract({ output: run.output, intent, job, table, columns }, pool, signal);
  await contract.checkSource();
  const session = await opening;

  const deadLetter = files.locate(folders.deadLetter);
  const records = new Map<number, ShardRecord>();
  const stage = await withListWidths({ ...plan.shard, folders }, pool, signal);
  const shards = tracker.through("shard", shardTable(stage, pool, shardHooks(run, records), signal));
  const responses = scope.iterate(scoreShards(session, shards, signal));
  const answers = tracker.through("score", countAnswers(responses, records, tracker));
  const verify = verifyOptions(job, run.backend.capabilities);
  const identity = identityNames(columns);
  const sample = planSample({ ...verify, ...stage, total: table.rows, seed: run.runId, identity });
  const stitching = { ...plan.stitch, folders, sample };
  const stitched = tracker.through("stitch", stitchAnswers(stitching, answers, records, pool, signal));
  const parts = await collectShards(stitched, {
    tracker,
    save: (record) => keepStitched(run, record),
    check: contract.checkShard,
    maxFailedRows: job.failure.max_failed_rows,
    deadLetter,
  });

  assertFailedRowsAllowed(
    tracker.ledger,
    job.failure.max_failed_rows,
    parts.firstFailure ?? tracker.firstUnsendable,
    deadLetter,
  );
  assertBalanced(tracker.ledger);
  assertFewNulls(tracker.nullPredictions, tracker.ledger.scored, job.failure.max_null_predictions);
  // What the table was made from is safe before the table changes.
  await files.settle();
  const verifying = verifyRun(parts.samples, verify, { ...run, session, stage, shards: records.size, scope, warn });
  // The files of the table are written meanwhile; nothing of them is seen before it has ended well.
  const verified = async (): Promise<void> => {
    const { verification, error } = await verifying;
    tracker.verified(verification);
    if (error !== null) throw error;
  };
  verifying.catch(() => undefined);
  const output = await tracker.during("publish", () => publish(run, lock, table, columns, parts, verified));
  if (replacesTable(intent) && contract.former !== null && contract.former.rows > 0) {
    const { rows, run_id: former } = contract.former;
    const message = `The ${counted(rows, "row")} of run ${former} in ${output.path} were replaced: the table has no partitions (output.partition_by).`;
    run.events({ type: "note", message });
  }
  await removeScratch(run, table);
  return output;
}

const NO_ROWS =
  "The source gives no rows: the model is not asked, and a table without partitions becomes empty. Set failure.min_rows if that must be an error.";

/** Whether nothing of the former table stays. */
function replacesTable({ ifExists, partitionBy }: OutputIntent): boolean {
  return ifExists === "overwrite_partitions" && partitionBy.length === 0;
}

function shardHooks(run: Run, records: Map<number, ShardRecord>): Parameters<typeof shardTable>[2] {
  return {
    async onShard(shard) {
      records.set(shard.record.shard, shard.record);
      const { features, request } = shard.record;
      for (const file of [features, request.file]) await run.files.keep(join(run.files.folders.root, file));
      // Before the backend gets the shard: what may cost money must be on record.
      await run.runStore.saveShard(run.runId, shard.record);
      run.tracker.sharded(shard);
    },
    onOversized: (rows) => run.tracker.oversized(rows.rows, run.job.failure.oversized_rows === "skip"),
    onUnsendable: (rows) => run.tracker.unsendable(rows),
  };
}

/** A shard whose rows are paired with their answers is read no more, but for what publishes it. */
async function keepStitched({ runStore, runId, files }: Run, record: ShardRecord): Promise<void> {
  const inRun = (file: string): string => join(files.folders.root, file);
  if (record.response !== null) await files.keep(inRun(record.response.file));
  await runStore.saveShard(runId, record);
  const read = [record.features, record.request.file, ...(record.response === null ? [] : [record.response.file])];
  await files.release(read.map(inRun));
}

async function* countAnswers(
  answers: AsyncIterable<ShardResponse>,
  records: ReadonlyMap<number, ShardRecord>,
  tracker: RunTracker,
): AsyncGenerator<ShardResponse> {
  for await (const answer of answers) {
    tracker.answered(answer.shard, records.get(answer.shard)?.rows ?? 0);
    yield answer;
  }
}

async function publish(
  run: Run,
  lock: OutputLock,
  table: ExtractedInput,
  columns: ChosenColumns,
  { shards, form }: CollectedShards,
  beforeSwitch: () => Promise<void>,
): Promise<RunOutput> {
  const { job, tracker, pool, signal } = run;
  const published = await publishTable(
    {
      ...outputIntent(run.runId, job),
      shards,
      scoredRows: tracker.ledger.scored,
      emptySchema: knownSchema(job, table, columns, form),
      sourceColumns: [...namesOf(identityColumns(job)), ...columns.keep],
      unanswered: form === null && job.output.predictions === undefined,
      prefix: job.output.prefix ?? "",
      escapeFormulas: job.output.csv_escape_formulas,
    },
    {
      output: run.output,
      lock,
      compact: (task) => pool.run("compactPartitions", task, signal),
      findLossyCasts: (check) => pool.run("findLossyCasts", check, signal),
      concurrency: pool.threads,
      onProgress: (rows) => tracker.published(rows),
      beforeSwitch,
      signal,
    },
  );
  const { path, rows, files, bytes, partitions } = published;
  return { path, rows, files, bytes, partitions };
}

/** What can be made again from the features and the answers; what the run did not make itself stays. The table is published: nothing here fails it. */
async function removeScratch(run: Run, table: ExtractedInput): Promise<void> {
  await rm(run.files.folders.stitched, { recursive: true, force: true }).catch(() => undefined);
  if (dirname(table.path) === run.files.folders.root) await rm(table.path, { force: true }).catch(() => undefined);
}

function namesOf(columns: readonly TypedColumn[]): string[] {
  return columns.map(({ name }) => name);
}

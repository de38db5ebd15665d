import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { SentColumn } from "../domain/sent-column.ts";
import type { ShardRecord } from "../domain/shard-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventSink } from "../ports/event-sink.ts";
import type { SourceContext } from "../ports/frame-source.ts";
import type { RunFolders } from "../ports/run-store.ts";
import type { ScoringSession } from "../ports/scoring-backend.ts";
import { bindProtocol } from "../protocols/bind-protocol.ts";
import type { ChosenColumns } from "../stages/extract/choose-columns.ts";
import { extractTable } from "../stages/extract/extract.ts";
import { inexactFeatures } from "../stages/extract/inexact-features.ts";
import { scoreShards } from "../stages/score/score.ts";
import { shardTable } from "../stages/shard/shard.ts";
import type { ShardStageInput } from "../stages/shard/shard-stage.ts";
import type { ListWidths } from "../stages/shard/tensor-plan.ts";
import { withListWidths } from "../stages/shard/with-list-widths.ts";
import type { UnsendableRows } from "../stages/shard/worker/unsendable-rows.ts";
import type { OversizedRows } from "../stages/shard/worker/write-rejected-rows.ts";
import type { StitchedAnswer } from "../stages/stitch/stitch.ts";
import { stitchAnswers } from "../stages/stitch/stitch.ts";
import type { FramePool } from "../worker/frame-pool.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { planRun } from "./run-plan.ts";
import type { Scope } from "./scope.ts";
import { withScope } from "./scope.ts";
import { identityNames } from "./verify/sampled-rows.ts";

export type SampleTools = { readonly pool: FramePool; readonly clock: Clock; readonly events: EventSink };

export type SampleOptions = SourceContext & {
  readonly limit?: number;
  /** Called before anything is sent, with the columns that are sent and the warnings about values that a model may round. */
  readonly onFeatures?: (features: readonly SentColumn[], inexact: readonly string[]) => void;
  /** Asks the model again, while its session is open; every row that has a prediction is in the sample of its shard. */
  readonly onScored?: (scored: ScoredSample, tools: ScoredSampleTools) => Promise<void>;
};

/** What is needed to ask the model again. */
export type ScoredSampleTools = {
  readonly session: ScoringSession;
  readonly stage: ShardStageInput & { readonly widths: ListWidths };
  readonly columns: ChosenColumns;
  readonly pool: FramePool;
  readonly scope: Scope;
};

export type ScoredSample = {
  readonly rows: number;
  readonly answers: readonly StitchedAnswer[];
  readonly oversized: readonly OversizedRows[];
  readonly unsendable: readonly UnsendableRows[];
  readonly folders: RunFolders;
};

/**
 * Sends rows through the real model in a folder that is gone afterwards: the stages of a run without its ledger and without publishing.
 * `use` reads the files while they are there. If it fails, the model's log is kept, because the error names it.
 */
export async function scoreSample<T>(
  prepared: Omit<PreparedRun, "output">,
  tools: SampleTools,
  options: SampleOptions,
  use: (sample: ScoredSample) => Promise<T>,
): Promise<T> {
  const folders = await temporaryFolders();
  let keepsLogs = false;
  try {
    const { clock, events } = tools;
    const sample = await withScope({ signal: options.signal, clock, events }, (scope) =>
      scoreInto(folders, prepared, tools, options, scope),
    );
    return await use(sample);
  } catch (error) {
    keepsLogs = await hasText(folders.logs);
    throw error;
  } finally {
    await removeFolders(folders, keepsLogs);
  }
}

async function removeFolders({ root, logs }: RunFolders, keepsLogs: boolean): Promise<void> {
  const names = keepsLogs ? (await readdir(root)).filter((name) => name !== basename(logs)) : [""];
  for (const name of names) await rm(join(root, name), { recursive: true, force: true });
}

async function hasText(folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) if ((await stat(join(folder, name))).size > 0) return true;
  return false;
}

async function scoreInto(
  folders: RunFolders,
  prepared: Omit<PreparedRun, "output">,
  tools: SampleTools,
  options: SampleOptions,
  scope: Scope,
): Promise<ScoredSample> {
  const { job, backend, protocol, requestOptions, batch, baseDirectory } = prepared;
  const { pool, clock, events } = tools;
  const { signal } = scope;
  const table = await extractTable(prepared.source, folders.root, pool, { ...options, signal });
  const plan = planRun(prepared, table);
  const { columns } = plan;
  if (options.onFeatures !== undefined) {
    const withNulls = new Set(await pool.run("readNullColumns", table.path, signal));
    const features = table.columns.filter(({ name }) => columns.features.includes(name));
    const inexact = await inexactFeatures(table, columns.features, pool, signal);
    options.onFeatures(
      features.map((feature) => ({ ...feature, hasNull: withNulls.has(feature.name) })),
      inexact,
    );
  }
  const session = await backend.open({
    runId: "sample",
    protocol: bindProtocol(protocol, requestOptions),
    batchSize: batch.rows,
    batchBytes: batch.bytes,
    isolateFailedRows: job.failure.isolate_failed_rows,
    logDirectory: folders.logs,
    baseDirectory,
    clock,
    events,
    signal,
  });
  scope.onLeave("The session of the backend", () => session.close());
  const records = new Map<number, ShardRecord>();
  const oversized: OversizedRows[] = [];
  const unsendable: UnsendableRows[] = [];
  const hooks = {
    onShard: async ({ record }: { record: ShardRecord }) => void records.set(record.shard, record),
    onOversized: (rows: OversizedRows) => void oversized.push(rows),
    onUnsendable: (rows: UnsendableRows) => void unsendable.push(rows),
  };
  const stage = await withListWidths({ ...plan.shard, folders }, pool, signal);
  const shards = shardTable(stage, pool, hooks, signal);
  const scored = scope.iterate(scoreShards(session, shards, signal));
  const answers: StitchedAnswer[] = [];
  const identity = identityNames(columns);
  const { features, widths } = stage;
  const sample = ({ rows }: ShardRecord) => ({ rows, seed: "sample", identity, features, widths });
  const stitching = { ...plan.stitch, folders, ...(options.onScored === undefined ? {} : { sample }) };
  for await (const answer of stitchAnswers(stitching, scored, records, pool, signal)) answers.push(...answer);
  answers.sort((a, b) => a.record.shard - b.record.shard);
  const found = { rows: table.rows, answers, oversized, unsendable, folders };
  await options.onScored?.(found, { session, stage, columns, pool, scope });
  return found;
}

async function temporaryFolders(): Promise<RunFolders> {
  const root = await mkdtemp(join(tmpdir(), "scoreframe-sample-"));
  const folder = async (name: string): Promise<string> => {
    const path = join(root, name);
    await mkdir(path);
    return path;
  };
  return {
    root,
    features: await folder("features"),
    requests: await folder("requests"),
    responses: await folder("responses"),
    stitched: await folder("stitched"),
    deadLetter: await folder("dead-letter"),
    logs: await folder("logs"),
  };
}

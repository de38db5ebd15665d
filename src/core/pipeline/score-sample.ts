import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FramePool } from "../frames/frame-pool.ts";
import type { OversizedRows } from "../frames/take-refused-rows.ts";
import type { UnsendableRows } from "../frames/unsendable-rows.ts";
import type { ShardRecord } from "../ledger/shard-record.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventSink } from "../ports/event-sink.ts";
import type { SourceContext } from "../ports/frame-source.ts";
import type { RunFolders } from "../ports/run-store.ts";
import { bindProtocol } from "../protocols/bind-protocol.ts";
import { chooseColumns } from "./choose-columns.ts";
import { extractTable } from "./extract.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { scoreShards } from "./score.ts";
import type { SentColumn } from "./sent-column.ts";
import { shardTable } from "./shard.ts";
import { shardStageInput } from "./shard-stage-input.ts";
import type { StitchedAnswer } from "./stitch.ts";
import { stitchAnswers } from "./stitch.ts";
import { stitchStageInput } from "./stitch-stage-input.ts";

export type SampleTools = { readonly pool: FramePool; readonly clock: Clock; readonly events: EventSink };

export type SampleOptions = SourceContext & {
  readonly limit?: number;
  /** Told of the columns that are sent, before anything is. */
  readonly onFeatures?: (features: readonly SentColumn[]) => void;
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
 * `use` reads the files while they are there.
 */
export async function scoreSample<T>(
  prepared: Omit<PreparedRun, "output">,
  tools: SampleTools,
  options: SampleOptions,
  use: (sample: ScoredSample) => Promise<T>,
): Promise<T> {
  const folders = await temporaryFolders();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  try {
    return await use(await scoreInto(folders, prepared, tools, { ...options, signal }));
  } catch (thrown) {
    stop.abort(thrown);
    throw thrown;
  } finally {
    await rm(folders.root, { recursive: true, force: true });
  }
}

async function scoreInto(
  folders: RunFolders,
  prepared: Omit<PreparedRun, "output">,
  tools: SampleTools,
  options: SampleOptions,
): Promise<ScoredSample> {
  const { job, backend, protocol, requestOptions, baseDirectory } = prepared;
  const { pool, clock, events } = tools;
  const { signal } = options;
  const table = await extractTable(prepared.source, folders.root, pool, options);
  const columns = chooseColumns(
    table.columns.map(({ name }) => name),
    job,
  );
  if (options.onFeatures !== undefined) {
    const withNulls = new Set(await pool.run("readNullColumns", table.path, signal));
    const features = table.columns.filter(({ name }) => columns.features.includes(name));
    options.onFeatures(features.map((feature) => ({ ...feature, hasNull: withNulls.has(feature.name) })));
  }
  const session = await backend.open({
    runId: "sample",
    protocol: bindProtocol(protocol, requestOptions),
    batchSize: job.requests.batch_size,
    isolateFailedRows: job.failure.isolate_failed_rows,
    logDirectory: folders.logs,
    baseDirectory,
    clock,
    events,
    signal,
  });
  try {
    const records = new Map<number, ShardRecord>();
    const oversized: OversizedRows[] = [];
    const unsendable: UnsendableRows[] = [];
    const hooks = {
      onShard: async ({ record }: { record: ShardRecord }) => void records.set(record.shard, record),
      onOversized: (rows: OversizedRows) => void oversized.push(rows),
      onUnsendable: (rows: UnsendableRows) => void unsendable.push(rows),
    };
    const shards = shardTable(shardStageInput(prepared, table, columns, folders), pool, hooks, signal);
    const scored = scoreShards(session, shards, signal);
    const answers: StitchedAnswer[] = [];
    for await (const answer of stitchAnswers(
      stitchStageInput(prepared, table, columns, folders),
      scored,
      records,
      pool,
      signal,
    ))
      answers.push(answer);
    answers.sort((a, b) => a.record.shard - b.record.shard);
    return { rows: table.rows, answers, oversized, unsendable, folders };
  } finally {
    await session.close();
  }
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

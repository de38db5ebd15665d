import type { ShardRecord } from "../../src/core/domain/shard-record.ts";
import type { ShardResponse } from "../../src/core/domain/shard-response.ts";
import type { StitchedShard } from "../../src/core/domain/stitched-shard.ts";
import type { RequestShard } from "../../src/core/ports/scoring-backend.ts";
import { requestBatch } from "../../src/core/run/requests/request-batch.ts";
import type { Dataset } from "../data/dataset.ts";
import { precomputedBackend } from "../model/precomputed-backend.mjs";
import type { BenchPaths } from "./bench-job.ts";
import { benchJob } from "./bench-job.ts";
import { engineModule } from "./engine-module.ts";
import type { StageState } from "./stage-state.ts";

/** The stages as a run calls them, each on the files that the one before it left. */
export type StageName = "extract" | "shard" | "stitch" | "publish";

/** What a stage needs, made before it is timed; answers the stage itself, which gives the state that it leaves. */
export type Prepare = (setting: Setting, state: StageState) => Promise<() => Promise<StageState>>;

export type Setting = {
  readonly dataset: Dataset;
  readonly paths: BenchPaths;
  readonly pool: import("../../src/core/worker/frame-pool.ts").FramePool;
};

const RUN_ID = "stages";
const signal = new AbortController().signal;

export const STAGES: Readonly<Record<StageName, Prepare>> = { extract, shard, stitch, publish };

async function extract({ dataset, paths, pool }: Setting): ReturnType<Prepare> {
  const { extractTable } =
    await engineModule<typeof import("../../src/core/stages/extract/extract.ts")>("core/stages/extract/extract");
  const { BUILTIN_SOURCES } = await engineModule<typeof import("../../src/adapters/sources/builtin-sources.ts")>(
    "adapters/sources/builtin-sources",
  );
  const { chooseSource, createSourceRegistry } =
    await engineModule<typeof import("../../src/core/run/source-registry.ts")>("core/run/source-registry");
  const job = await parsedJob(dataset, paths);
  const { folders } = await (await runStore(paths)).create(RUN_ID, signal);
  return async () => {
    const environment = { baseDirectory: "/", openStore: () => null };
    const source = await chooseSource(job.source, environment, createSourceRegistry(BUILTIN_SOURCES));
    const table = await extractTable(source, folders.root, pool, { signal });
    return { runId: RUN_ID, folders, table, requests: [], records: [], shards: [] };
  };
}

async function shard(setting: Setting, state: StageState): ReturnType<Prepare> {
  const { shardTable } =
    await engineModule<typeof import("../../src/core/stages/shard/shard.ts")>("core/stages/shard/shard");
  const { planRun } = await engineModule<typeof import("../../src/core/run/run-plan.ts")>("core/run/run-plan");
  const store = await runStore(setting.paths);
  const { shard: stage } = planRun(await preparedJob(setting), state.table);
  const input = { ...stage, folders: state.folders, widths: {} };
  return async () => {
    const requests: RequestShard[] = [];
    const records: ShardRecord[] = [];
    const hooks = {
      onShard: async ({ record }: { record: ShardRecord }) => {
        records.push(record);
        await store.saveShard(RUN_ID, record);
      },
      onOversized: () => {
        throw new Error("A row of the benchmark does not fit into a request.");
      },
      onUnsendable: () => {
        throw new Error("A row of the benchmark has a value that its request cannot carry.");
      },
    };
    for await (const request of shardTable(input, setting.pool, hooks, signal)) requests.push(request);
    return { ...state, requests, records };
  };
}

async function stitch(setting: Setting, state: StageState): ReturnType<Prepare> {
  const { stitchAnswers } =
    await engineModule<typeof import("../../src/core/stages/stitch/stitch.ts")>("core/stages/stitch/stitch");
  const { planRun } = await engineModule<typeof import("../../src/core/run/run-plan.ts")>("core/run/run-plan");
  const store = await runStore(setting.paths);
  const { stitch: stage } = planRun(await preparedJob(setting), state.table);
  const input = { ...stage, folders: state.folders };
  const records = new Map(state.records.map((record) => [record.shard, record]));
  const answers = await answersTo(state, setting.paths);
  return async () => {
    const shards: StitchedShard[] = [];
    for await (const batch of stitchAnswers(input, answers, records, setting.pool, signal)) {
      for (const { stitched, record } of batch) {
        await store.saveShard(RUN_ID, record);
        const { shard: number, path, scored: rows, sourceColumns, predictionColumns, partitions } = stitched;
        shards.push({ shard: number, path, rows, schema: [...sourceColumns, ...predictionColumns], partitions });
      }
    }
    return { ...state, shards: shards.sort((a, b) => a.shard - b.shard) };
  };
}

async function publish({ dataset, paths, pool }: Setting, state: StageState): ReturnType<Prepare> {
  const { publishTable } =
    await engineModule<typeof import("../../src/core/stages/publish/publish.ts")>("core/stages/publish/publish");
  const { createFolderOutput } = await engineModule<
    typeof import("../../src/adapters/table-output/folder/folder-output.ts")
  >("adapters/table-output/folder/folder-output");
  return async () => {
    const output = createFolderOutput(paths.table, { now: Date.now });
    const lock = await output.lock(RUN_ID);
    await publishTable(
      {
        runId: RUN_ID,
        job: "bench",
        ifExists: "overwrite_partitions",
        format: "parquet",
        partitionBy: dataset.partitionBy,
        shards: state.shards,
        scoredRows: dataset.rows,
      },
      { output, lock, compact: (task) => pool.run("compactPartitions", task, signal), concurrency: pool.threads },
    );
    await lock.release();
    return state;
  };
}

async function answersTo(state: StageState, paths: BenchPaths): Promise<AsyncIterable<ShardResponse>> {
  const backend = precomputedBackend(paths.answers, { seconds: 0, shards: 0, computed: 0 }).create({});
  const session = await backend.open({} as Parameters<typeof backend.open>[0]);
  const answers: ShardResponse[] = [];
  for await (const answer of session.score(given(state.requests), signal)) answers.push(answer);
  return given(answers);
}

async function* given<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

async function parsedJob(dataset: Dataset, paths: BenchPaths) {
  const { parseJob } =
    await engineModule<typeof import("../../src/core/job/read/parse-job.ts")>("core/job/read/parse-job");
  return parseJob(benchJob(dataset, paths));
}

async function preparedJob({ dataset, paths }: Setting) {
  const requestOptions = {
    params: null,
    nonFinite: "null" as const,
    csvHeader: true,
    tensor: null,
    shape: null,
    predictions: null,
    pairing: null,
  };
  const backend = precomputedBackend(paths.answers, { seconds: 0, shards: 0, computed: 0 }).create({});
  const { maskOf } = await engineModule<typeof import("../../src/core/job/record/job-provenance.ts")>(
    "core/job/record/job-provenance",
  );
  const job = await parsedJob(dataset, paths);
  const batch = requestBatch(job, backend.capabilities);
  return { job, mask: maskOf(job), backend, protocol: "instances" as const, requestOptions, batch };
}

async function runStore(paths: BenchPaths) {
  const { createFolderRunStore } = await engineModule<
    typeof import("../../src/adapters/run-store/folder-run-store.ts")
  >("adapters/run-store/folder-run-store");
  return createFolderRunStore(paths.workspace);
}

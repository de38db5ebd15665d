// One stage in a separate process: `node bench/engine/run-stage.ts shard '{"dataset":…,"paths":…}'` prints a StageRun.

import process from "node:process";
import type { Dataset } from "../data/dataset.ts";
import type { Usage } from "../measure/measure.ts";
import type { BenchPaths } from "./bench-job.ts";
import { engineModule } from "./engine-module.ts";
import type { StageState } from "./stage-state.ts";
import { loadState, saveState } from "./stage-state.ts";
import type { StageName } from "./stages.ts";
import { STAGES } from "./stages.ts";

/** What the stage alone used, without the start of its process; the memory is the whole process's. */
export type StageRun = Usage & { readonly requestBytes: number };

const NOTHING: StageState = {
  runId: "",
  folders: {} as StageState["folders"],
  table: {} as StageState["table"],
  requests: [],
  records: [],
  shards: [],
};

const [name, setting] = process.argv.slice(2);
const { dataset, paths } = JSON.parse(setting ?? "") as { dataset: Dataset; paths: BenchPaths };
const { createFramePool } =
  await engineModule<typeof import("../../src/core/worker/frame-pool.ts")>("core/worker/frame-pool");
const pool = createFramePool();
const state = name === "extract" ? NOTHING : loadState(paths.workspace);
const stage = await STAGES[name as StageName]({ dataset, paths, pool }, state);
const begin = performance.now();
const before = process.cpuUsage();
const left = await stage();
const used = process.cpuUsage(before);
const wallSeconds = (performance.now() - begin) / 1000;
await pool.close();
saveState(paths.workspace, left);
const answer: StageRun = {
  wallSeconds,
  userSeconds: used.user / 1e6,
  systemSeconds: used.system / 1e6,
  peakBytes: process.resourceUsage().maxRSS * 1024,
  requestBytes: left.requests.reduce((sum, request) => sum + request.bytes, 0),
};
process.stdout.write(`${JSON.stringify(answer)}\n`);

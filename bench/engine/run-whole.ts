// A whole run in a process of its own: `node bench/engine/run-whole.ts '{"dataset":…,"paths":…}'` prints a WholeRun.

import process from "node:process";
import type { RunReport } from "../../src/core/pipeline/run-report.ts";
import type { Dataset } from "../data/dataset.ts";
import type { ModelCost } from "../model/precomputed-backend.ts";
import { precomputedBackend } from "../model/precomputed-backend.ts";
import type { BenchPaths } from "./bench-job.ts";
import { benchJob } from "./bench-job.ts";
import { engineModule } from "./engine-module.ts";

export type WholeRun = { readonly report: RunReport; readonly model: ModelCost };

const { dataset, paths } = JSON.parse(process.argv[2] ?? "") as { dataset: Dataset; paths: BenchPaths };
const { createScoreframe } = await engineModule<typeof import("../../src/index.ts")>("index");
const model: ModelCost = { seconds: 0, shards: 0, computed: 0 };
const engine = await createScoreframe({
  workspace: paths.workspace,
  backends: [precomputedBackend(paths.answers, model)],
});
const { report } = await engine.run(benchJob(dataset, paths));
await engine.close();
const answer: WholeRun = { report, model };
process.stdout.write(`${JSON.stringify(answer)}\n`);

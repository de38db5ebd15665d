import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cache-folder.ts";
import type { Dataset } from "../data/dataset.ts";
import { emptyFolder } from "../empty-folder.ts";
import type { BenchPaths } from "../engine/bench-job.ts";
import { benchJob } from "../engine/bench-job.ts";
import { engineFile } from "../engine/engine-module.ts";
import type { WholeRun, WholeRunSetting } from "../engine/run-whole.mjs";
import type { Measured } from "../measure/measure.ts";
import { measure } from "../measure/measure.ts";
import type { Contender } from "./contender.ts";

const PROGRAM = fileURLToPath(new URL("../engine/run-whole.mjs", import.meta.url));

/** The engine, from its start to the published table, with a model whose answers are precomputed. */
export const scoreframe: Contender = {
  name: "scoreframe",
  async prepare(dataset) {
    const folder = emptyFolder("prepare");
    await runEngine(dataset, folder);
    rmSync(folder, { recursive: true, force: true });
  },
  async run(dataset, folder) {
    const measured = await runEngine(dataset, folder);
    const { report, model } = JSON.parse(measured.stdout) as WholeRun;
    if (model.computed > 0) {
      throw new Error(
        `${model.computed} answers were computed in a measured run: requests are not the same every time.`,
      );
    }
    const { stdout: _, ...usage } = measured;
    return { usage, requestBytes: report.request_bytes, shards: report.shards.total, stages: report.timings_s };
  },
};

function runEngine(dataset: Dataset, folder: string): Promise<Measured> {
  const paths = benchPaths(dataset, folder);
  const { workspace, answers } = paths;
  const setting: WholeRunSetting = { engine: engineFile("index"), job: benchJob(dataset, paths), workspace, answers };
  return measure([...nodeCommand(PROGRAM), JSON.stringify(setting)]);
}

export function benchPaths(dataset: Dataset, folder: string): BenchPaths {
  return {
    workspace: join(folder, "workspace"),
    table: join(folder, "table"),
    answers: join(cacheFolder(), "answers", dataset.name),
  };
}

/** Starts a TypeScript file as this process was started. */
export function nodeCommand(program: string): string[] {
  return [process.execPath, "--disable-warning=ExperimentalWarning", program];
}

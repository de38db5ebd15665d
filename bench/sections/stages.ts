import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { benchPaths, nodeCommand } from "../contenders/scoreframe.ts";
import type { Dataset } from "../data/dataset.ts";
import { emptyFolder } from "../empty-folder.ts";
import type { StageRun } from "../engine/run-stage.ts";
import type { StageName } from "../engine/stages.ts";
import { measure } from "../measure/measure.ts";

export type StageResult = {
  readonly dataset: string;
  readonly rows: number;
  readonly requestBytes: number;
  readonly stage: StageName;
  readonly runs: readonly StageRun[];
};

const PROGRAM = fileURLToPath(new URL("../engine/run-stage.ts", import.meta.url));
const ORDER: readonly StageName[] = ["extract", "shard", "stitch", "publish"];

/** Each stage alone, in a separate process, on the files of the one before it. In a run they overlap. */
export async function measureStages(
  dataset: Dataset,
  runs: number,
  progress: (text: string) => void,
): Promise<StageResult[]> {
  const results = new Map<StageName, StageRun[]>(ORDER.map((stage) => [stage, []]));
  for (let run = 1; run <= runs; run += 1) {
    const folder = emptyFolder(`${dataset.name}-stages`);
    const setting = JSON.stringify({ dataset, paths: benchPaths(dataset, folder) });
    for (const stage of ORDER) {
      progress(`${dataset.name}: ${stage} alone, run ${run} of ${runs}`);
      const { stdout } = await measure([...nodeCommand(PROGRAM), stage, setting]);
      results.get(stage)?.push(JSON.parse(stdout) as StageRun);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  const requestBytes = results.get("shard")?.[0]?.requestBytes ?? 0;
  return ORDER.map((stage) => ({
    dataset: dataset.name,
    rows: dataset.rows,
    requestBytes,
    stage,
    runs: results.get(stage) ?? [],
  }));
}

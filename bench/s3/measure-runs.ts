import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fetchTable } from "../../scripts/demo-aws/fetch-table.ts";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import { checkTable } from "../check/check-table.ts";
import { benchPaths, nodeCommand } from "../contenders/scoreframe.ts";
import type { Dataset } from "../data/dataset.ts";
import { emptyFolder } from "../empty-folder.ts";
import { benchJob } from "../engine/bench-job.ts";
import { engineFile } from "../engine/engine-module.ts";
import type { WholeRun, WholeRunSetting } from "../engine/run-whole.mjs";
import type { Usage } from "../measure/measure.ts";
import { measure } from "../measure/measure.ts";

const PROGRAM = fileURLToPath(new URL("../engine/run-whole.mjs", import.meta.url));

export type RunResult = { readonly where: string; readonly rows: number; readonly runs: readonly Usage[] };

/**
 * The same run with its workspace and its table in folders and on S3, in turn, each checked. Its model costs nothing. The files of the last run in
 * folders are left in the returned folder, to be copied.
 */
export async function measureRuns(
  dataset: Dataset,
  bucket: string,
  runs: number,
  progress: (text: string) => void,
): Promise<{ readonly results: RunResult[]; readonly files: string }> {
  const files = emptyFolder("s3-local");
  const [local, remote]: [Usage[], Usage[]] = [[], []];
  // Answers are computed once, and not measured.
  await run(dataset, files, {});
  for (let count = 1; count <= runs; count += 1) {
    progress(`${dataset.name}: in folders, run ${count} of ${runs}`);
    emptyFolder("s3-local");
    local.push(await run(dataset, files, {}));
    await checkTable(dataset, join(files, "table"), "in folders");
    progress(`${dataset.name}: on S3, run ${count} of ${runs}`);
    const place = `s3://${bucket}/run-${count}`;
    remote.push(await run(dataset, files, { workspace: `${place}/workspace`, table: `${place}/table` }));
    const fetched = emptyFolder("s3-fetched");
    await fetchTable(createS3ObjectStore(createS3Client(), `${place}/table`), fetched);
    await checkTable(dataset, fetched, "on S3");
    rmSync(fetched, { recursive: true, force: true });
  }
  const results = [
    { where: "in folders", rows: dataset.rows, runs: local },
    { where: "on S3", rows: dataset.rows, runs: remote },
  ];
  return { results, files };
}

async function run(
  dataset: Dataset,
  folder: string,
  places: { readonly workspace?: string; readonly table?: string },
): Promise<Usage> {
  const paths = { ...benchPaths(dataset, folder), ...places };
  const { workspace, answers } = paths;
  const setting: WholeRunSetting = { engine: engineFile("index"), job: benchJob(dataset, paths), workspace, answers };
  const { stdout, ...usage } = await measure([...nodeCommand(PROGRAM), JSON.stringify(setting)]);
  const { report } = JSON.parse(stdout) as WholeRun;
  if (report.ledger.scored !== dataset.rows)
    throw new Error(`${report.ledger.scored} rows of ${dataset.name} were scored`);
  return usage;
}

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { DuckDBInstance } from "@duckdb/node-api";
import { fetchTable } from "../../scripts/demo-aws/fetch-table.ts";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import { createUploadQueue } from "../../src/adapters/object-store/upload-queue.ts";
import { emptyFolder } from "../empty-folder.ts";
import { engineFile } from "../engine/engine-module.ts";
import type { Usage } from "../measure/measure.ts";
import { measure } from "../measure/measure.ts";

const SHARDS = 1000;
const LINES = 20;
const ROWS_A_LINE = 5;
const ROWS = SHARDS * LINES * ROWS_A_LINE;

export type StitchResult = {
  readonly where: string;
  readonly shards: number;
  readonly rows: number;
  readonly runs: readonly Usage[];
};

/** `scoreframe stitch` of 1,000 request and 1,000 response files that another program wrote, in folders and on S3, in turn, each checked. */
export async function measureStitch(
  bucket: string,
  runs: number,
  progress: (text: string) => void,
): Promise<StitchResult[]> {
  const folder = emptyFolder("s3-stitch");
  writeShards(folder);
  const place = `s3://${bucket}/stitch`;
  const store = createS3ObjectStore(createS3Client(), place);
  const uploads = createUploadQueue(store, new AbortController().signal);
  for (const name of names()) {
    await uploads.add(join(folder, "requests", name), `requests/${name}`);
    await uploads.add(join(folder, "responses", `${name}.out`), `responses/${name}.out`);
  }
  await uploads.settle();
  const results = ["in folders", "on S3"].map((where) => ({ where, shards: SHARDS, rows: ROWS, runs: [] as Usage[] }));
  for (let run = 1; run <= runs; run += 1) {
    for (const { where, runs: usages } of results) {
      progress(`stitch ${where}, run ${run} of ${runs}`);
      const root = where === "on S3" ? place : folder;
      usages.push(await stitch(root, `${root}/table-${run}`));
      const table = join(folder, `table-${run}`);
      if (where === "on S3") await fetchTable(createS3ObjectStore(createS3Client(), `${root}/table-${run}`), table);
      await check(table);
      rmSync(table, { recursive: true, force: true });
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return results;
}

async function stitch(root: string, output: string): Promise<Usage> {
  const places = ["--requests", `${root}/requests`, "--responses", `${root}/responses`, "--output", output];
  const { stdout: _, ...usage } = await measure([
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    engineFile("cli/main"),
    "stitch",
    ...places,
  ]);
  return usage;
}

function names(): string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `shard-${String(shard).padStart(5, "0")}.jsonl`);
}

function writeShards(folder: string): void {
  for (const kind of ["requests", "responses"]) mkdirSync(join(folder, kind), { recursive: true });
  let id = 0;
  for (const name of names()) {
    const lines = Array.from({ length: LINES }, () => Array.from({ length: ROWS_A_LINE }, () => id++));
    const requests = lines.map((ids) =>
      JSON.stringify({ instances: ids.map((each) => ({ id: each, text: `row ${each}` })) }),
    );
    const responses = lines.map((ids) => JSON.stringify({ predictions: ids.map((each) => each * 2) }));
    writeFileSync(join(folder, "requests", name), `${requests.join("\n")}\n`);
    writeFileSync(join(folder, "responses", `${name}.out`), `${responses.join("\n")}\n`);
  }
}

/** Every row once, with the prediction of its own id. */
async function check(table: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`
    select count(*)::int as "rows", count(distinct id)::int as ids, count(*) filter (prediction = id * 2 and text = 'row ' || id)::int as own
    from read_parquet('${table.replaceAll("'", "''")}/**/*.parquet')`);
  const [found] = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  if (found?.["rows"] === ROWS && found["ids"] === ROWS && found["own"] === ROWS) return;
  throw new Error(`stitch made a wrong table: ${JSON.stringify(found)}`);
}

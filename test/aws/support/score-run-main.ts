// `node score-run-main.ts <workspace> <folder>`: opens the sagemaker backend for the run "killed", has three files of one line scored by the model
// "echo", and prints the events and the answers. It is a separate process, so that it can be killed.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { createS3Client } from "../../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../src/adapters/object-store/s3-object-store.ts";
import { createObjectRunFiles } from "../../../src/adapters/run-store/object-run-files.ts";
import { makeRunFolders } from "../../../src/adapters/run-store/run-folders.ts";
import { sagemakerBackend } from "../../../src/backends/sagemaker/index.ts";
import type { RequestShard } from "../../../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../../../src/core/protocols/protocols.ts";

const [workspace = "", folder = ""] = process.argv.slice(2);
const root = join(folder, String(process.pid));
await mkdir(root);
const { signal } = new AbortController();
const store = createS3ObjectStore(createS3Client(), workspace);
const files = createObjectRunFiles(store, "runs/killed", await makeRunFolders(root), signal);

async function* shards(): AsyncGenerator<RequestShard> {
  for (const shard of [0, 1, 2]) {
    const requestPath = join(files.folders.requests, `shard-${shard}.jsonl`);
    const responsePath = join(files.folders.responses, `shard-${shard}.jsonl.out`);
    await writeFile(requestPath, `{"n":${shard}}\n`);
    await files.keep(requestPath);
    yield { shard, requestPath, responsePath, header: null, lines: 1, rows: 1, bytes: 8, digest: "" };
  }
}

const options = { model_name: "echo", poll_interval_s: 0.05, price_per_hour: 1 };
const session = await sagemakerBackend.create(sagemakerBackend.parseOptions(options)).open({
  runId: "killed",
  protocol: PROTOCOLS.json_lines,
  batchSize: 5,
  isolateFailedRows: true,
  logDirectory: files.folders.logs,
  ...(files.remote === undefined ? {} : { remote: files.remote }),
  baseDirectory: root,
  clock: { now: Date.now, sleep: (ms, stop) => sleep(ms, undefined, stop === undefined ? {} : { signal: stop }) },
  events: (event) => process.stdout.write(`${"message" in event ? event.message : event.type}\n`),
  signal,
});
const answers = new Map<number, string>();
for await (const { shard } of session.score(shards(), signal)) {
  answers.set(shard, (await readFile(join(files.folders.responses, `shard-${shard}.jsonl.out`), "utf8")).trim());
}
const sorted = [...answers].sort(([a], [b]) => a - b);
process.stdout.write(
  `answered ${sorted.map(([shard]) => shard).join(" ")}: ${sorted.map(([, text]) => text).join(" ")}\n`,
);
await session.close();
await files.close();

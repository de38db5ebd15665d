// Opens the local backend in a process that a test then kills: node open-and-wait.ts <JSON>
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { localBackend } from "../../../../src/backends/local/index.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";

const { options, folder, pidFile } = JSON.parse(process.argv[2] ?? "") as {
  options: Record<string, unknown>;
  folder: string;
  pidFile: string;
};
const requestPath = join(folder, "request.jsonl");
const shard = {
  shard: 0,
  requestPath,
  header: null,
  responsePath: `${requestPath}.out`,
  lines: 1,
  rows: 1,
  bytes: 0,
  digest: "",
};
await writeFile(requestPath, '{"instances":[{"id":1}]}\n');

const signal = new AbortController().signal;
const session = await localBackend.create(localBackend.parseOptions(options)).open({
  runId: "test",
  protocol: PROTOCOLS.instances,
  batchSize: 1,
  isolateFailedRows: true,
  logDirectory: folder,
  baseDirectory: import.meta.dirname,
  clock: { now: Date.now, sleep: (ms) => setTimeout(ms) },
  events: () => undefined,
  signal,
});
async function* shards() {
  yield shard;
}
for await (const _ of session.score(shards(), signal)) {
  const [prediction] = JSON.parse(await readFile(shard.responsePath, "utf8")).predictions;
  // A command writes the ids of its processes itself.
  if (typeof prediction === "object") await writeFile(pidFile, String(prediction.pid));
}
await setTimeout(60_000);

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { AnswerLine } from "../support/function-backend.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";
import { newBucket } from "./support/buckets.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

let folder: string;
/** The system's temporary folder of this test: what a run leaves behind on this machine is seen here. */
let scratch: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-workspace-"));
  scratch = await mkdtemp(join(folder, "tmp-"));
  process.env["TMPDIR"] = scratch;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const doubled: AnswerLine = ({ instances }) => JSON.stringify({ predictions: instances.map(({ n }) => Number(n) * 2) });
const rejecting: AnswerLine = ({ instances }) =>
  JSON.stringify({ predictions: instances.map(({ n }) => (Number(n) === 77 ? { error: "not this one" } : 1)) });

function job(changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "numbers",
    source: { kind: "sql", tables: {}, sql: "select n, 'text ' || n as note from range(1000) t(n)" },
    model: { features: ["n"] },
    requests: { batch_size: 10, file_size_mb: 0.001 },
    backend: { kind: "doubled" },
    output: { path: join(folder, "out") },
    ...changes,
  };
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}

describe.each(S3_SERVERS)("runs kept on %s", (server) => {
  async function engineOn(context: Parameters<typeof newBucket>[0]): Promise<{ engine: Engine; store: ObjectStore }> {
    const { client, name } = await newBucket(context, server);
    const workspace = `s3://${name}/team a/scoring`;
    const backends = [functionBackend("doubled", doubled), functionBackend("rejecting", rejecting)];
    return { engine: await createScoreframe({ workspace, backends }), store: createS3ObjectStore(client, workspace) };
  }

  it("keeps of its runs what workspace.keep says, and prune removes the old ones", async (context) => {
    const { engine, store } = await engineOn(context);
    await using _ = engine;
    await engine.run(job({ workspace: { keep: "failed" } }), { runId: "run-1" });
    const parts = new Set((await keysOf(store)).map((key) => key.split("/")[2]));
    expect([...parts].sort()).toEqual(["job.json", "ledger", "run.json"]);
    await engine.run(job({ workspace: { keep: "none" } }), { runId: "run-2" });
    expect((await keysOf(store)).filter((key) => key.startsWith("runs/run-2/"))).toEqual(["runs/run-2/run.json"]);
    expect(await engine.prune({ keep: 1 })).toMatchObject({ removed: [{ run_id: "run-1" }], kept: 1 });
    expect(await keysOf(store)).toEqual(["runs/run-2/run.json"]);
  });

  it("has every file of the run there and none left here", async (context) => {
    const { engine, store } = await engineOn(context);
    await using _ = engine;
    const { runId, report } = await engine.run(job(), { runId: "run-1" });
    const keys = await keysOf(store);
    const shards = report.shards.total;
    expect(shards).toBeGreaterThan(5);
    const count = (start: string): number => keys.filter((key) => key.startsWith(`runs/${runId}/${start}`)).length;
    expect(["features/", "requests/", "responses/", "ledger/"].map(count)).toEqual([shards, shards, shards, shards]);
    expect(keys).toContain("runs/run-1/run.json");
    expect(await readdir(scratch)).toEqual([]);
    expect(await query(`select count(*)::int as rows from '${folder}/out/*.parquet' where prediction = 2 * n`)).toEqual(
      [{ rows: 1000 }],
    );
  });

  it("read their table there and publish there, and leave nothing here", async (context) => {
    const { engine, store } = await engineOn(context);
    await using _ = engine;
    const local = join(folder, "numbers.parquet");
    await query(`copy (select n, n % 3 as part from range(3000) t(n)) to '${local}' (format parquet)`);
    await store.upload(local, "data/numbers.parquet");
    const address = store.locate("tables/doubled");
    const there = job({
      source: { kind: "sql", tables: { numbers: store.locate("data/*.parquet") }, sql: "from numbers" },
      requests: { batch_size: 100, file_size_mb: 0.005 },
      output: { path: `${address}/`, partition_by: ["part"] },
    });
    expect(await engine.check(there)).toMatchObject({ ok: true, error: null });
    expect(await engine.plan(there)).toMatchObject({ rows: 3000 });
    const { output } = await engine.run(there, { runId: "run-1" });
    expect(output).toMatchObject({ path: address, rows: 3000, files: 3, partitions: ["part=0", "part=1", "part=2"] });
    const files = (await keysOf(store)).filter((key) => key.startsWith("tables/") && key.endsWith(".parquet"));
    for (const [index, key] of files.entries()) await store.download(key, join(folder, `part-${index}.result`));
    const results = `read_parquet('${folder}/part-*.result')`;
    expect(await query(`select count(*)::int as rows from ${results} where prediction = 2 * n`)).toEqual([
      { rows: 3000 },
    ]);
    expect(await readdir(scratch)).toEqual([]);
    await expect(engine.run(job({ ...there, output: { path: address, if_exists: "error" } }))).rejects.toMatchObject({
      code: "OUTPUT_EXISTS",
    });
  });

  it("lists the runs and shows one, from any machine", async (context) => {
    const { engine } = await engineOn(context);
    await using _ = engine;
    await engine.run(job(), { runId: "run-a" });
    await engine.run(job(), { runId: "run-b" });
    expect((await engine.runs()).map(({ run_id }) => run_id)).toEqual(["run-b", "run-a"]);
    expect(await engine.runReport("run-a")).toMatchObject({ run_id: "run-a", status: "succeeded" });
    await expect(engine.runReport("run-c")).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
      message: expect.stringMatching(/in s3:\/\/.*\/team a\/scoring\/runs\. The newest are: run-b, run-a\./),
    });
  });

  it("rejects a second run of the same id", async (context) => {
    const { engine } = await engineOn(context);
    await using _ = engine;
    await engine.run(job(), { runId: "run-1" });
    await expect(engine.run(job(), { runId: "run-1" })).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringMatching(/^A run with the id of s3:\/\/.*\/runs\/run-1 exists already\./),
    });
  });

  it("keeps the rows that failed, also if the run fails by them", async (context) => {
    const { engine, store } = await engineOn(context);
    await using _ = engine;
    const { report, error } = await engine.tryRun(job({ backend: { kind: "rejecting" } }), { runId: "run-1" });
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toContain(store.locate("runs/run-1/dead-letter"));
    expect(report.dead_letter?.path).toBe(store.locate("runs/run-1/dead-letter"));
    expect((await keysOf(store)).filter((key) => key.startsWith("runs/run-1/dead-letter/"))).toHaveLength(1);
    expect(await engine.runReport("run-1")).toMatchObject({ status: "failed" });
    expect(await readdir(scratch)).toEqual([]);
  });

  it("says which bucket is missing, before anything is read", async (context) => {
    const { store } = await engineOn(context);
    const workspace = `${store.location.replace("s3://test", "s3://tset")}`;
    await using engine = await createScoreframe({ workspace, backends: [functionBackend("doubled", doubled)] });
    await expect(engine.run(job())).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });
});

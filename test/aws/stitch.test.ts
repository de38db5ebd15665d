import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";
import type { Engine } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";
import { newBucket } from "./support/buckets.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

const PAIRS = 12;
let engine: Engine;
let folder: string;
let scratch: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-stitch-"));
  scratch = await mkdtemp(join(folder, "tmp-"));
  process.env["TMPDIR"] = scratch;
  engine = await createScoreframe({ workspace: join(folder, "runs") });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const requestLine = (n: number): string => `${JSON.stringify({ instances: [{ n }, { n: n + 0.5 }] })}\n`;
const answerLine = (n: number, last: unknown = n + 0.5): string => `${JSON.stringify({ predictions: [n, last] })}\n`;

describe.each(S3_SERVERS)("prefixes on %s that another program wrote", (server) => {
  async function written(
    context: Pick<TestContext, "skip">,
  ): Promise<{ store: ObjectStore; at: (path: string) => string }> {
    const { client, name } = await newBucket(context, server);
    const store = createS3ObjectStore(client, `s3://${name}`);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const lines = Array.from({ length: 5 }, (_, line) => pair * 5 + line);
      await store.writeText(`in/part ${pair}+.jsonl`, lines.map(requestLine).join(""));
      const answers = lines.map((n) => answerLine(n, n === 7 ? { error: "not this one" } : n + 0.5));
      await store.writeText(`out/part ${pair}+.jsonl.out`, answers.join(""));
    }
    await store.writeText("in/", "").catch(() => undefined);
    await store.writeText("in/z_$folder$", "").catch(() => undefined);
    await store.writeText("in/_SUCCESS", "");
    await store.writeText("in/.hidden/other.jsonl", "x");
    await store.writeText("in/z/100% äö/part.jsonl", requestLine(PAIRS * 5));
    await store.writeText("out/z/100% äö/part.jsonl.out", answerLine(PAIRS * 5));
    return { store, at: (path) => `s3://${name}/${path}` };
  }

  async function fetchTable(store: ObjectStore, prefix: string): Promise<string> {
    const local = await mkdtemp(join(folder, "table-"));
    let count = 0;
    for await (const { key } of store.list(prefix)) {
      if (key.endsWith(".parquet")) await store.download(key, join(local, `${count++}.parquet`));
    }
    return `'${local}/*.parquet'`;
  }

  const whole = { rows: PAIRS * 10 + 1, ids: PAIRS * 5 + 1, right: PAIRS * 10 + 1 };
  const counts = (table: string) =>
    query(
      `select count(*)::int as rows, count(distinct row_id)::int as ids, count(*) filter (prediction = n and row_id = floor(n))::int as right from ${table}`,
    );

  it("become a table there, with the dead letters next to it", async (context) => {
    const { store, at } = await written(context);
    const paths = { requests: at("in/"), responses: at("out"), output: at("tables/scores/") };
    for (let time = 0; time < 2; time += 1) {
      expect(await engine.stitch(paths)).toMatchObject({
        files: PAIRS + 1,
        rows: PAIRS * 10 + 2,
        dead_lettered: 1,
        output: { path: at("tables/scores"), rows: PAIRS * 10 + 1 },
      });
      expect(await counts(await fetchTable(store, "tables/scores/run="))).toEqual([whole]);
      const failed = await fetchTable(store, "tables/scores.dead-letter/");
      expect(await query(`select _row_id::int as r, n from ${failed}`)).toEqual([{ r: 7, n: 7.5 }]);
    }
    await store.writeText("out/part 1+.jsonl.out", [5, 6, 7, 8, 9].map((n) => answerLine(n)).join(""));
    expect(await engine.stitch(paths)).toMatchObject({ dead_lettered: 0 });
    const left: string[] = [];
    for await (const { key } of store.list("tables/scores.dead-letter/")) left.push(key);
    expect(left).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it("become a table in a folder, and folders one there", async (context) => {
    const { store, at } = await written(context);
    const output = join(folder, `local-${server}`);
    await engine.stitch({ requests: at("in/"), responses: at("out/"), output });
    expect(await counts(`'${output}/*.parquet'`)).toEqual([whole]);
    expect((await readdir(folder)).filter((name) => name.includes("stitching"))).toEqual([]);
    const requests = await mkdtemp(join(folder, "in-"));
    await writeFile(join(requests, "a.jsonl"), requestLine(0));
    await writeFile(join(requests, "a.jsonl.out"), answerLine(0));
    await engine.stitch({ requests, responses: requests, output: at("from-here") });
    expect(
      await query(`select n, prediction as p from ${await fetchTable(store, "from-here/run=")} order by n`),
    ).toEqual([
      { n: 0, p: 0 },
      { n: 0.5, p: 0.5 },
    ]);
  });

  it("publish nothing if a file and its answers have different numbers of lines, and leave nothing on this machine", async (context) => {
    const { store, at } = await written(context);
    await store.writeText("out/part 9+.jsonl.out", answerLine(1));
    const stitching = engine.stitch({ requests: at("in/"), responses: at("out/"), output: at("tables/scores") });
    await expect(stitching).rejects.toMatchObject({
      code: "LINE_COUNT_MISMATCH",
      message: expect.stringContaining(
        "The answer file part 9+.jsonl.out has 1 line, its request file part 9+.jsonl has 5",
      ),
    });
    const left: string[] = [];
    for await (const { key } of store.list("tables/")) left.push(key);
    expect(left).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it("are named if nothing is there", async (context) => {
    const { at } = await written(context);
    const paths = { responses: at("out/"), output: at("tables/scores") };
    await expect(engine.stitch({ ...paths, requests: at("inn/") })).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining(`${at("inn")} holds no files`),
    });
    await expect(
      engine.stitch({ ...paths, requests: at("in/").replace("s3://test", "s3://tset") }),
    ).rejects.toMatchObject({
      code: "BUCKET_NOT_FOUND",
    });
  });

  it("stop in order, and leave nothing here or there", async (context) => {
    const { store, at } = await written(context);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 40);
    const paths = { requests: at("in/"), responses: at("out/"), output: at("tables/scores") };
    await expect(engine.stitch({ ...paths, signal: stop.signal })).rejects.toThrow();
    expect(await store.head("tables/scores/_manifest.json")).toBeNull();
    expect(await store.head("tables/scores/_scoreframe/lock.json")).toBeNull();
    expect(await readdir(scratch)).toEqual([]);
  });
});

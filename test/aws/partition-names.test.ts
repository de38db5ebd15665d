import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { newBucket } from "./support/buckets.ts";

/** Most bytes of a key of S3. */
const KEY_BYTES = 1024;

it("a partition whose keys would be longer than S3 takes is rejected before anything is scored; the longest one is written", async (context) => {
  const { client, name } = await newBucket(context, "ministack");
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-keys-"));
  let asked = 0;
  const backend = functionBackend("function", ({ instances }) => {
    asked += instances.length;
    return `{"predictions":[${instances.map(({ n }) => n).join(",")}]}`;
  });
  const engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
  onTestFinished(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });
  // Each name is short enough for a folder; the key has the prefix, both names and those of the files below.
  const prefix = Array.from({ length: 5 }, () => "p".repeat(120)).join("/");
  const job = (bytes: number, output = prefix): JobInput => ({
    name: "keys",
    source: {
      kind: "sql",
      sql: `select n, if(n = 7, repeat('a', 100), 'x') as a, if(n = 7, repeat('b', ${bytes}), 'y') as b from range(20) t(n)`,
    },
    model: { features: ["n"] },
    backend: { kind: "function" },
    output: { path: `s3://${name}/${output}`, partition_by: ["a", "b"] },
  });

  const { error } = await engine.tryRun(job(250));
  expect(error).toMatchObject({
    code: "PARTITION_TOO_LONG",
    message: expect.stringMatching(
      /The values of a partition are too long together: a "aaa.*"…, b "bbb.*"…\. Its folders' names would have 355 bytes, and \d+ are possible below this output\.path\. Nothing was scored\./,
    ),
  });
  expect(asked).toBe(0);

  const room = Number(error?.facts.details?.["limit"]);
  const longest = room - "a=/b=".length - 100;
  expect((await engine.tryRun(job(longest + 1))).error?.code).toBe("PARTITION_TOO_LONG");
  expect(asked).toBe(0);
  const run = await engine.run(job(longest));
  expect(run.output.rows).toBe(20);
  const keys: string[] = [];
  for await (const { key } of createS3ObjectStore(client, `s3://${name}/${prefix}`).list(""))
    keys.push(`${prefix}/${key}`);
  const lengths = keys.map((key) => Buffer.byteLength(key));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(KEY_BYTES);
  // The limit is that of S3, and not one far below it.
  expect(Math.max(...lengths)).toBeGreaterThan(KEY_BYTES - 60);

  await expect(engine.run(job(250, "short"))).resolves.toMatchObject({ ledger: { scored: 20 } });
}, 60_000);

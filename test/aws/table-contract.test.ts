import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { newBucket } from "./support/buckets.ts";

it("a table on S3 keeps its columns from run to run", async (context) => {
  const { client, name } = await newBucket(context, "ministack");
  const store = createS3ObjectStore(client, `s3://${name}/scores`);
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-contract-s3-"));
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
  const job = (ds: number, columns: string, schema: "strict" | "evolve" = "strict"): JobInput => ({
    name: "days",
    source: { kind: "sql", sql: `select ${ds} as ds, ${columns}` },
    model: { features: ["n"] },
    backend: { kind: "function" },
    output: { path: `s3://${name}/scores`, partition_by: ["ds"], schema },
  });
  const schema = async (): Promise<unknown> => {
    const manifest = JSON.parse((await store.readText("_manifest.json"))?.text ?? "");
    return manifest.schema.map((column: { name: string; type: unknown; added_in?: number }) => [
      column.name,
      column.type,
      column.added_in,
    ]);
  };

  await engine.run(job(1, "0.5::double as n, 101 as code"));
  await engine.run(job(2, "7 as n, 102::bigint as code"));
  const first = [
    ["ds", "Int32", undefined],
    ["n", "Float64", undefined],
    ["code", "Int32", undefined],
    ["prediction", "Float64", undefined],
  ];
  expect(await schema()).toEqual(first);
  const drifted = job(3, "7 as n, 'A-7' as code");
  await expect(engine.run(drifted)).rejects.toMatchObject({ code: "OUTPUT_SCHEMA_CHANGED" });
  await expect(engine.plan(drifted)).rejects.toMatchObject({ code: "OUTPUT_SCHEMA_CHANGED" });
  expect((await engine.check(drifted)).items.at(-1)).toMatchObject({
    name: "output",
    status: "failed",
    detail: expect.stringContaining(`s3://${name}/scores cannot take these rows: the column "code" is VARCHAR`),
  });
  await expect(engine.run(job(3, "7 as n, 103 as code, 1 as extra"))).rejects.toMatchObject({
    code: "OUTPUT_SCHEMA_CHANGED",
    message: expect.stringContaining('"extra" is new'),
  });
  expect(asked).toBe(2);
  await engine.run(job(3, "7 as n, 103 as code, 1 as extra", "evolve"));
  expect(await schema()).toEqual([...first, ["extra", "Int32", 3]]);
});

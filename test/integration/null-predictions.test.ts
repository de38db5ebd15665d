import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

/** Answers the column `x`, as a value or as an object of two fields; null if the row has none. */
const scalar = functionBackend("scalar", ({ instances }) =>
  JSON.stringify({ predictions: instances.map(({ x }) => x ?? null) }),
);
const fields = functionBackend("fields", ({ instances }) =>
  JSON.stringify({ predictions: instances.map(({ x }) => ({ score: x ?? null, label: x === 2 ? "two" : null })) }),
);

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-nulls-"));
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [scalar, fields] });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

function job(name: string, values: string, more: Partial<JobInput> = {}): JobInput {
  return {
    name: "nulls",
    source: { kind: "sql", sql: `select id, x from (values ${values}) t(id, x)` },
    model: { features: ["x"] },
    requests: { batch_size: 2 },
    backend: { kind: "scalar" },
    output: { path: join(folder, name) },
    ...more,
  } as JobInput;
}

const GOOD = "(1, 0.5), (2, 1.5)";
const NULLS = "(1, null::double), (2, null), (3, null)";

describe("predictions that are null", () => {
  it("are counted in the report, and do not stop a run unless all are", async () => {
    const { report } = await engine.run(job("some", "(1, 0.5), (2, null), (3, null)"));
    expect(report).toMatchObject({ status: "succeeded", null_predictions: 2, ledger: { scored: 3 } });
  });

  it("replace no table if there is nothing else", async () => {
    await engine.run(job("all", GOOD));
    const { report, error } = await engine.tryRun(job("all", NULLS));
    expect(error).toMatchObject({
      code: "TOO_MANY_NULL_PREDICTIONS",
      message: expect.stringContaining("3 of 3 predictions are null: nothing was published."),
    });
    expect(report).toMatchObject({ status: "failed", null_predictions: 3 });
    expect(await query(`select count(prediction)::int as n from '${folder}/all/*.parquet'`)).toEqual([{ n: 2 }]);
  });

  it("are null if every field of an object is", async () => {
    const objects = { backend: { kind: "fields" } };
    const { report } = await engine.run(job("fields", "(1, 2), (2, null), (3, 1)", objects));
    expect(report.null_predictions).toBe(1);
  });

  it.each([
    [0, false],
    [1, false],
    [2, true],
    [0.5, false],
    [0.7, true],
    ["all", true],
  ] as const)("may be as many as failure.max_null_predictions: %s", async (limit, passes) => {
    const values = "(1, 0.5), (2, null), (3, null)";
    const { error } = await engine.tryRun(job("limit", values, { failure: { max_null_predictions: limit } }));
    if (passes) expect(error).toBeNull();
    else
      expect(error).toMatchObject({
        code: "TOO_MANY_NULL_PREDICTIONS",
        message: expect.stringContaining(`is ${limit}`),
      });
  });

  it("make check fail if the sample has nothing else, and warn if some are", async () => {
    const all = await engine.check(job("checked", NULLS));
    expect(all.ok).toBe(false);
    expect(all.items).toContainEqual({ name: "predictions", status: "failed", detail: "3 of 3 predictions are null." });
    const some = await engine.check(job("checked", "(1, 0.5), (2, null)"));
    expect(some.ok).toBe(true);
    expect(some.items).toContainEqual({
      name: "predictions",
      status: "warning",
      detail: "1 of 2 predictions is null.",
    });
    const allowed = await engine.check(job("checked", NULLS, { failure: { max_null_predictions: "all" } }));
    expect(allowed.ok).toBe(true);
  });
});

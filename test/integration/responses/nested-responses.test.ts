import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import { startModelServer } from "../../backends/http/support/model-server.ts";
import { functionBackend } from "../../support/function-backend.ts";

let engine: Engine;
let folder: string;
/** The prediction of the row whose n is 7; that of others is of the same form, one level deep. */
let deep = "";
let flat = "";

const answer = (rows: readonly unknown[]): string =>
  `{"predictions":[${rows.map((row) => ((row as { n: number }).n === 7 ? deep : flat)).join(",")}]}`;
const local = functionBackend("function", ({ instances }) => answer(instances));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-nested-"));
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [local] });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

function job(backend: JobInput["backend"], batchSize: number): JobInput {
  return {
    name: "nested",
    source: { kind: "sql", sql: "select n::integer as n from range(20) t(n) order by n" },
    requests: { batch_size: batchSize },
    backend,
    output: { path: join(folder, "table") },
    failure: { max_failed_rows: 1 },
  };
}

const list = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
const object = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

describe("a prediction that is nested without end", () => {
  it.each([
    ["lists", 100, list],
    ["lists", 100_000, list],
    ["objects", 100, object],
    ["objects", 100_000, object],
  ])("costs its row, and neither the run nor the engine: %s, %d levels", async (_what, levels, nested) => {
    deep = nested(levels);
    flat = nested(1);
    const server = await startModelServer(({ body }, response) => response.end(answer(JSON.parse(body).instances)));
    const { report } = await engine.tryRun(job({ kind: "http", url: server.url }, 20));
    expect(report).toMatchObject({ status: "succeeded_with_dead_letters", ledger: { scored: 19, dead_lettered: 1 } });
    // A backend that checks nothing: the line is one row.
    const unchecked = await engine.tryRun(job({ kind: "function" }, 1));
    expect(unchecked.report.ledger).toMatchObject({ scored: 19, dead_lettered: 1 });
  });

  it("is named in every prediction, with the limit", async () => {
    deep = list(100);
    flat = list(100);
    const { error } = await engine.tryRun(job({ kind: "function" }, 10));
    expect(error?.message).toContain("nested more than 64 levels deep");
  });

  it.each([list, object])("is read up to the limit", async (nested) => {
    // The list of predictions and its object are two levels more.
    deep = nested(62);
    flat = nested(62);
    const { report } = await engine.tryRun(job({ kind: "function" }, 10));
    expect(report).toMatchObject({ status: "succeeded", ledger: { scored: 20 } });
  });
});

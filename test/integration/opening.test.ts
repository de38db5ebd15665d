import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";

const MODELS = join(import.meta.dirname, "../backends/local/models");
/** Works for long before it gives a row. */
const SLOW =
  "select a.range as n from range(200000) a cross join range(200000) b where hash(a.range * 200000 + b.range) = 0";

type Open = ReturnType<ReturnType<typeof functionBackend>["create"]>["open"];

let folder: string;
let engine: Engine;
/** How the test's backend is opened; replaced by each test. */
let open: Open;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-opening-"));
  const plugin = functionBackend("opened", () => "");
  engine = await createScoreframe({
    workspace: join(folder, "workspace"),
    backends: [
      {
        ...plugin,
        create: (options) => ({ ...plugin.create(options), open: (context) => open(context) }),
      },
    ],
  });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

function job(backend: JobInput["backend"], sql: string): JobInput {
  const source = { kind: "sql", tables: {}, sql } as const;
  return { name: "opening", source, backend, output: { path: join(folder, "out") } };
}

describe("a backend that cannot be opened", () => {
  it.each<[string, JobInput["backend"], string]>([
    [
      "a model that does not load",
      { kind: "local", model: join(MODELS, "failing-load-model.ts") },
      "MODEL_LOAD_FAILED",
    ],
    [
      "a server that is not there",
      { kind: "http", url: "http://127.0.0.1:1/invocations", health_path: "/ping", health_timeout_s: 1 },
      "BACKEND_UNREACHABLE",
    ],
    ["SageMaker without a workspace on S3", { kind: "sagemaker", model_name: "numbers" }, "BACKEND_OPTIONS_INVALID"],
  ])("ends the run while the source is read: %s", async (_what, backend, code) => {
    const events: RunEvent[] = [];
    const running = engine.run(job(backend, SLOW), { onEvent: (event) => events.push(event) });
    await expect(running).rejects.toMatchObject({ code });
    expect(events.filter((event) => event.type === "progress" && event.progress.inputRows !== null)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "run-finished", status: "failed" });
  });

  it("leaves nothing of what was being read", async () => {
    open = () => Promise.reject(new Error("no model"));
    await expect(engine.run(job({ kind: "opened" }, SLOW), { runId: "nothing-read" })).rejects.toThrow("no model");
    const left = readdirSync(join(folder, "workspace/runs/nothing-read"), { recursive: true }).map(String);
    expect(left.filter((file) => /parquet|duckdb/.test(file))).toEqual([]);
  });

  it("ends the run, and gives the output free, where it throws before it has promised anything", async () => {
    open = () => {
      throw new Error("no model");
    };
    await expect(engine.run(job({ kind: "opened" }, "select 1 as n"))).rejects.toThrow("no model");
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});

it("A session that opens after the source has failed is closed", async () => {
  let closed = 0;
  const session = {
    score: () => expect.fail("nothing is to be scored"),
    async close() {
      closed += 1;
    },
  };
  open = ({ signal }) =>
    new Promise((done) => {
      signal.addEventListener("abort", () => setImmediate(done, session));
    });
  const running = engine.run(job({ kind: "opened" }, "select n from nowhere"));
  await expect(running).rejects.toMatchObject({ code: "SQL_INVALID" });
  expect(closed).toBe(1);
});

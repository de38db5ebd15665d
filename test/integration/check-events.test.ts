import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { JobInput, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";

async function start(server: string) {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-check-"));
  await writeFile(join(folder, "server.mjs"), server);
  const engine = await createScoreframe({ workspace: join(folder, "runs") });
  onTestFinished(async () => {
    await engine.close();
    await rm(folder, { recursive: true });
  });
  const job: JobInput = {
    name: "case",
    source: { kind: "sql", sql: "select i as x from range(4) t(i)" },
    model: { features: ["x"] },
    backend: { kind: "local", command: "node server.mjs", start_timeout_s: 20 },
    output: { path: "out" },
  };
  return { engine, job, folder };
}

it("the check of a model that does not start shows its first error, and keeps its log", async () => {
  const { engine, job, folder } = await start(`
console.error("INFO loading");
console.error("ModuleNotFoundError: No module named 'xgboost'");
for (let i = 0; i < 40; i += 1) console.error("worker " + i + " exiting");
process.exit(3);`);
  const { error } = await engine.check(job, { baseDirectory: folder });
  expect(error?.code).toBe("MODEL_EXITED");
  expect(error?.message).toMatch(
    /its first error is:\n {2}ModuleNotFoundError: No module named 'xgboost'\nIt ends with:\n {2}worker 25 exiting\n/,
  );
  const [, log = ""] = /Its log is (\S+);/.exec(error?.message ?? "") ?? [];
  onTestFinished(() => rm(dirname(dirname(log)), { recursive: true }));
  expect(readFileSync(log, "utf8")).toContain("INFO loading");
  // Nothing else of the sample is left.
  expect(existsSync(join(dirname(dirname(log)), "requests"))).toBe(false);
});

it("a check passes on that requests were sent again", async () => {
  const { engine, job, folder } = await start(`
import { createServer } from "node:http";
let asked = 0;
createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += piece)).on("end", () => {
    if (request.method === "GET") return response.end();
    if ((asked += 1) === 1) return response.writeHead(500).end("once");
    response.end(JSON.stringify({ predictions: JSON.parse(body).instances.map(({ x }) => x) }));
  });
}).listen(Number(process.env.PORT), "127.0.0.1");`);
  const events: RunEvent[] = [];
  const report = await engine.check(job, { baseDirectory: folder, onEvent: (event) => void events.push(event) });
  expect(report.ok).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ type: "retry", reason: "status 500: once" }));
  expect(events).toContainEqual(expect.objectContaining({ type: "model-ready" }));
});

it("check and plan pass on what is to be said of the job", async () => {
  const { engine, folder } = await start("");
  const path = join(folder, "job.yaml");
  await writeFile(path, "model_name: churn\nversion: 3\nflavor: mlflow\nsql: select 1 as x\n");
  for (const act of [engine.check, engine.plan]) {
    const events: RunEvent[] = [];
    // The job itself is for an account that is not there.
    await act(path, { baseDirectory: folder, onEvent: (event) => void events.push(event) }).catch(() => undefined);
    expect(events).toContainEqual({ type: "warning", message: expect.stringContaining("flavor is ignored") });
  }
});

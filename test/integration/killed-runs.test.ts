import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";

const ROWS = 20_000;
const library = new URL("../../src/index.ts", import.meta.url).href;
const model = fileURLToPath(new URL("models/times.ts", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-killed-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function job(env: Readonly<Record<string, string>>): JobInput {
  return {
    name: "killed",
    source: { kind: "sql", sql: `select n, n % 3 as part, 'row ' || n as note from range(${ROWS}) t(n)` },
    model: { features: ["n"] },
    requests: { batch_size: 100, file_size_mb: 0.05 },
    backend: { kind: "local", model, env: { ...env, PID_FILE: join(folder, "pids") } },
    output: { path: join(folder, "out"), partition_by: ["part"] },
  };
}

/** A process with an engine of its own that kills itself at the first event for which `condition` holds; resolves to how it ended. */
async function runInProcess(input: JobInput, condition: string): Promise<NodeJS.Signals | null> {
  const program = `
    const { createScoreframe } = await import(${JSON.stringify(library)});
    const engine = await createScoreframe({ workspace: "runs" });
    await engine.run(${JSON.stringify(input)}, { onEvent: (event) => { if (${condition}) process.kill(process.pid, "SIGKILL"); } });
    await engine.close();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd: folder, stdio: "ignore" });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

async function run(env: Readonly<Record<string, string>>) {
  const engine = await createScoreframe({ workspace: join(folder, "runs") });
  try {
    return await engine.run(job(env));
  } finally {
    await engine.close();
  }
}

/** The factors by which the rows of the table are multiplied, each with its rows; anything but a whole table is an error. */
async function tableFactor(): Promise<string | undefined> {
  const rows = await query(`
    select count(*)::int as "rows", count(distinct t.n)::int as ids, min(product / nullif(t.n, 0))::int as least, max(product / nullif(t.n, 0))::int as most,
      count(*) filter (t.note = 'row ' || s.n and t.part = s.n % 3)::int as same
    from read_parquet('${folder}/out/part=*/*.parquet', hive_partitioning = true) t join range(${ROWS}) s(n) on s.n = t.n`);
  const [{ least, most, ...counts } = {}] = rows;
  expect(counts).toEqual({ rows: ROWS, ids: ROWS, same: ROWS });
  expect(least).toBe(most);
  return String(least);
}

async function modelsAreGone(): Promise<boolean> {
  const pids = readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number);
  for (let wait = 0; wait < 100 && pids.some(isAlive); wait += 1) await sleep(100);
  return !pids.some(isAlive);
}

function isAlive(pid: number): boolean {
  // A killed process that its parent has not reaped yet has no memory any more.
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return status.includes("VmRSS");
}

describe("an engine that is killed", () => {
  const never = "false";

  it.each([
    ["when it begins to read", {}, `event.type === "stage-started" && event.stage === "extract"`],
    ["by its model, in the middle of a request", { KILL: "engine", KILL_AT: "5000" }, never],
    ["when the first rows are scored", {}, `event.type === "progress" && event.progress.scoredRows > 0`],
    ["when the last row is stitched", {}, `event.type === "progress" && event.progress.stitchedRows === ${ROWS}`],
    ["when it begins to publish", {}, `event.type === "stage-started" && event.stage === "publish"`],
    ["when the first files are written", {}, `event.type === "progress" && event.progress.publishedRows > 0`],
  ])("%s leaves the former table, and the next run gives the whole new one", async (_, env, condition) => {
    await run({ FACTOR: "2" });
    expect(await runInProcess(job({ ...env, FACTOR: "3" }), condition)).toBe("SIGKILL");
    expect(await tableFactor()).toBe("2");
    expect(await modelsAreGone()).toBe(true);

    expect((await run({ FACTOR: "4" })).ledger.scored).toBe(ROWS);
    expect(await tableFactor()).toBe("4");
    expect((await readdir(join(folder, "out"))).filter((name) => name.startsWith("part="))).toHaveLength(3);
  });

  it("when it has published leaves the new table", async () => {
    await run({ FACTOR: "2" });
    const published = `event.type === "stage-finished" && event.stage === "publish"`;
    expect(await runInProcess(job({ FACTOR: "3" }), published)).toBe("SIGKILL");
    expect(await tableFactor()).toBe("3");
    await run({ FACTOR: "4" });
    expect(await tableFactor()).toBe("4");
  });

  it("is listed as incomplete afterwards, not as one that still goes on", async () => {
    expect(await runInProcess(job({ FACTOR: "3" }), 'event.type === "stage-started"')).toBe("SIGKILL");
    const engine = await createScoreframe({ workspace: join(folder, "runs") });
    const [report] = await engine.runs().finally(() => engine.close());
    expect(report).toMatchObject({ status: "incomplete", error: { code: "RUN_CANCELLED" } });
  });

  it("in its first run leaves no table at all", async () => {
    const begun = `event.type === "stage-started" && event.stage === "publish"`;
    expect(await runInProcess(job({ FACTOR: "3" }), begun)).toBe("SIGKILL");
    await expect(tableFactor()).rejects.toThrow("No files found");
    await run({ FACTOR: "4" });
    expect(await tableFactor()).toBe("4");
  });
});

it("a model's process that is killed in the middle of a request fails the run, and the former table stays", async () => {
  await run({ FACTOR: "2" });
  await expect(run({ FACTOR: "3", KILL: "itself", KILL_AT: "5000" })).rejects.toMatchObject({
    code: "MODEL_EXITED",
    message: expect.stringContaining("SIGKILL"),
  });
  expect(await tableFactor()).toBe("2");
  await run({ FACTOR: "4" });
  expect(await tableFactor()).toBe("4");
});

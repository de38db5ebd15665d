import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { query } from "../support/query.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const model = fileURLToPath(new URL("models/times.ts", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-one-table-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function writeJob(name: string, output: object = {}): void {
  const job = {
    name,
    source: { kind: "sql", sql: `select n, '${name}' as part from range(500) t(n)` },
    model: { features: ["n"] },
    requests: { batch_size: 100 },
    backend: { kind: "local", model, env: { FACTOR: "2", PID_FILE: join(folder, "pids") } },
    output: { path: "out", partition_by: ["part"], ...output },
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(job));
}

async function scoreframe(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, ...text };
}

const rows = (): Promise<unknown> =>
  query(
    `select part, count(*)::int as "rows", count(distinct n)::int as ids from read_parquet('${folder}/out/part=*/*.parquet', hive_partitioning = true) group by part order by part`,
  );
const whole = (part: string): object => ({ part, rows: 500, ids: 500 });

describe("runs of one table", () => {
  it("that write different partitions at once all succeed with --wait, which says who is waited for", async () => {
    const names = ["a", "b", "c"];
    for (const name of names) writeJob(name);
    const runs = await Promise.all(names.map((name) => scoreframe("run", "--wait", `${name}.json`)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(
      runs.filter(({ stderr }) => /Waiting for .*out, which run .* \(process \d+ on/.test(stderr)).length,
    ).toBeGreaterThan(0);
    expect(await rows()).toEqual(names.map(whole));
  });

  it("under one id add their rows once", async () => {
    writeJob("a", { if_exists: "append" });
    for (let time = 0; time < 2; time += 1) {
      expect(await scoreframe("run", "a.json", "--run-id", "daily-2024")).toMatchObject({ code: 0 });
    }
    expect(await rows()).toEqual([whole("a")]);
    expect(readdirSync(join(folder, ".scoreframe", "runs"))).toEqual(["daily-2024"]);
    expect(await scoreframe("run", "a.json")).toMatchObject({ code: 0 });
    expect(await rows()).toEqual([{ part: "a", rows: 1000, ids: 500 }]);
  });

  it("keep what they write of rows for their owner", async () => {
    writeJob("a");
    await scoreframe("run", "a.json", "--run-id", "mine");
    expect(statSync(join(folder, ".scoreframe", "runs", "mine")).mode & 0o777).toBe(0o700);
  });
});

describe("scoreframe repair", () => {
  it("restores what a glob misses, says so, and does nothing the second time", async () => {
    writeJob("a");
    await scoreframe("run", "a.json");
    rmSync(join(folder, "out", "part=a"), { recursive: true });
    const repaired = await scoreframe("repair", "out", "--json");
    expect(repaired.code).toBe(0);
    expect(JSON.parse(repaired.stdout)).toMatchObject({ version: 1, restored: 1, removed: 0, error: null });
    expect(await rows()).toEqual([whole("a")]);
    const again = await scoreframe("repair", "out");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to repair") });
  });

  it("ends with 2 if there is no table, and with 1 if a record cannot be read", async () => {
    expect(await scoreframe("repair", "nothing")).toMatchObject({ code: 2 });
    writeJob("a");
    await scoreframe("run", "a.json");
    const manifest = join(folder, "out", "_manifest.json");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(manifest, text.slice(0, 50));
    expect(await scoreframe("repair", "out")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Restore the file"),
    });
  });
});

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { query } from "../support/query.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const model = fileURLToPath(new URL("models/times.ts", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-open-files-"));
  const job = {
    name: "files",
    source: { kind: "sql", sql: "select n, n % 20 as part from range(2000) t(n)" },
    model: { features: ["n"] },
    requests: { batch_size: 5, file_size_mb: 0.0002 },
    backend: { kind: "local", model, env: { FACTOR: "2", PID_FILE: join(folder, "pids") } },
    output: { path: "out", partition_by: ["part"] },
  };
  await writeFile(join(folder, "job.json"), JSON.stringify(job));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the job in a process with a limit of open files. */
function run(limit: number, command = "run"): Promise<{ code: number; stdout: string }> {
  const shell = `ulimit -n ${limit} && exec "$0" "$@"`;
  return new Promise((resolve) => {
    const args = ["-c", shell, process.execPath, main, command, "job.json", "--json"];
    execFile("sh", args, { cwd: folder }, (error, stdout) => resolve({ code: error === null ? 0 : 1, stdout }));
  });
}

describe.skipIf(process.platform === "win32")("a process that may have few files open", () => {
  it.each(["run", "check"])("says so, and what to set: %s", async (command) => {
    const { code, stdout } = await run(24, command);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringMatching(
        /^The limit of open files \(ulimit -n is 24\) is too low: .*\. Set ulimit -n 1024/,
      ),
      details: { openFilesLimit: 24 },
    });
  });

  it("scores hundreds of shards with 64, or says that these are too few", async () => {
    const { code, stdout } = await run(64);
    if (code === 0) {
      const rows = `select count(*)::int as n from read_parquet('${folder}/out/*/*.parquet')`;
      expect(await query(rows)).toEqual([{ n: 2000 }]);
    } else expect(JSON.parse(stdout).error.message).toContain("ulimit -n is 64");
  });
});

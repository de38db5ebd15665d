import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentOf } from "../cli/support/document-of.ts";
import { runInProcess } from "../cli/support/memory-context.ts";
import { runCli, startCli } from "../cli/support/run-cli.ts";
import { INIT, sampleProject } from "../cli/support/sample-project.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";

describe("from init to a table", () => {
  it("every command says what it found, and the next one goes on from there", async () => {
    const cwd = await sampleProject("doubles");
    expect(await runCli(INIT, { cwd })).toMatchObject({ exitCode: 0 });

    const check = await runCli(["check", "job.yaml"], { cwd });
    expect(check).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Ready: job can be run\.$/m) });
    expect(check.stdout).toContain('first answer   {"predictions":[{"double":3}');

    const plan = await runCli(["plan", "job.yaml"], { cwd });
    expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^ {2}rows +4$/m) });
    await expect(access(join(cwd, "out"))).rejects.toThrow("ENOENT");

    const run = await runCli(["run", "job.yaml"], { cwd });
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Succeeded: job\n/) });
    expect(run.stdout).toContain("4 of 4 scored");
    expect(run.stdout).toContain(`${join("out", "job")} (1 file`);
    expect((await readdir(join(cwd, "out", "job"))).filter((name) => name.endsWith(".parquet"))).toHaveLength(1);

    const runs = await runCli(["runs"], { cwd });
    expect(runs.stdout.split("\n")[1]).toMatch(/^\S+ +job +succeeded +4 +0 /);
  });

  it("has an identical report in --json of run and of runs", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const report = documentOf((await runCli(["run", "job.yaml", "--json"], { cwd })).stdout);
    const shown = await runCli(["runs", report.run_id, "--json"], { cwd });
    expect(documentOf(shown.stdout)).toEqual(report);
    const listed = await runCli(["runs", "--json"], { cwd });
    expect(documentOf(listed.stdout)).toEqual({ runs: [report], error: null });
  });
});

describe("runs shows what --set gave a run", () => {
  it("in the list, of one run and as JSON, also of a run whose process was killed, and never a secret", async () => {
    const cwd = await sampleProject("hangs");
    await runCli(INIT, { cwd });
    const set = ["--set", "requests.batch_size=2", "--set", "backend.env={API_TOKEN: hunter2}"];
    const hanging = startCli(["run", "job.yaml", ...set], { cwd });
    await hanging.hasSaid("model ready");
    hanging.child.kill("SIGKILL");
    await hanging.ended;
    const { runs } = documentOf((await runCli(["runs", "--json"], { cwd })).stdout);
    const shown = { "requests.batch_size": "2", "backend.env": '{"API_TOKEN":"***"}' };
    expect(runs).toMatchObject([{ job: "job", status: "incomplete", set: shown }]);
    const listed = await runCli(["runs"], { cwd });
    expect(listed.stdout).toMatch(/ job +requests\.batch_size=2 backend\.env=.*\*\*\*.* incomplete /);
    const one = await runCli(["runs", runs[0].run_id], { cwd });
    expect(one.stdout).toContain("set     requests.batch_size=2 ");
    const files = await readdir(join(cwd, ".scoreframe"), { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile() && entry.name.endsWith(".json"))) {
      expect(await readFile(join(file.parentPath, file.name), "utf8")).not.toContain("hunter2");
    }
  });
});

describe("--json prints one document, on one line of stdout, and everything else on stderr", () => {
  it("of a run that succeeded", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const { exitCode, stdout, stderr } = await runCli(["run", "job.yaml", "--json"], { cwd });
    expect(documentOf(stdout)).toMatchObject({
      run_id: expect.stringMatching(/^\d{8}T\d{6}-/),
      job: "job",
      status: "succeeded",
      ledger: { input: 4, scored: 4, dead_lettered: 0, skipped: 0 },
      output: { path: join(cwd, "out", "job"), rows: 4, partitions: [] },
      error: null,
    });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("score: 4 rows");
  });

  it("of a run that was published without some rows, with exit code 3", async () => {
    const cwd = await sampleProject("refusesNegative");
    await runCli(INIT, { cwd });
    const { exitCode, stdout } = await runCli(["run", "job.yaml", "--json", "--set", "failure.max_failed_rows=1"], {
      cwd,
    });
    const report = documentOf(stdout);
    expect(report).toMatchObject({
      status: "succeeded_with_dead_letters",
      ledger: { input: 4, scored: 3, dead_lettered: 1, skipped: 0 },
      dead_letter: { rows: 1 },
      error: null,
    });
    expect(exitCode).toBe(3);
    expect(await readdir(report.dead_letter.path)).not.toEqual([]);
  });

  it("of a run that failed, with exit code 1 and nothing published", async () => {
    const cwd = await sampleProject("refusesNegative");
    await runCli(INIT, { cwd });
    const { exitCode, stdout, stderr } = await runCli(["run", "job.yaml", "--json"], { cwd });
    expect(documentOf(stdout)).toMatchObject({
      status: "failed",
      ledger: { input: 4, scored: 3, dead_lettered: 1 },
      output: null,
      error: { code: "TOO_MANY_FAILED_ROWS" },
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Error TOO_MANY_FAILED_ROWS: ");
  });

  it("of a run whose job names a column that is not there, with exit code 2", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const { exitCode, stdout } = await runCli(["run", "job.yaml", "--json", "--set", "model.features=[y]"], { cwd });
    expect(documentOf(stdout)).toMatchObject({ status: "failed", error: { code: "COLUMN_UNKNOWN" } });
    expect(exitCode).toBe(2);
  });

  it("of a run that could not be begun, with the same shape and exit code 2", async () => {
    const cwd = await sampleProject("doubles");
    await runCli(INIT, { cwd });
    const begun = documentOf((await runCli(["run", "job.yaml", "--json"], { cwd })).stdout);
    const { exitCode, stdout } = await runCli(["run", "nope.yaml", "--json"], { cwd });
    const report = documentOf(stdout);
    expect(report).toMatchObject({ run_id: null, status: "failed", error: { code: "JOB_FILE_NOT_FOUND" } });
    expect(Object.keys(report)).toEqual(Object.keys(begun));
    expect(exitCode).toBe(2);
  });

  it("of a check that failed, with exit code 1", async () => {
    const cwd = await sampleProject("refusesNegative");
    await runCli(INIT, { cwd });
    const { exitCode, stdout } = await runCli(["check", "job.yaml", "--json"], { cwd });
    expect(documentOf(stdout)).toMatchObject({ job: "job", ok: false, sample: { rows: 4, scored: 3 } });
    expect(exitCode).toBe(1);
  });

  it("of a model's dry run, with every digit", async () => {
    const cwd = await sampleProject("doubles");
    const { exitCode, stdout } = await runCli(
      ["serve", "--model", "model.ts", "--dry-run", "--json", "--example", '{"x": 4, "id": 9007199254740993}'],
      { cwd },
    );
    expect(documentOf(stdout)).toMatchObject({ status: "scored", prediction: { double: 8 }, error: null });
    expect(stdout).toContain("9007199254740993");
    expect(exitCode).toBe(0);
  });

  it("of a dry run whose model prints, too", async () => {
    const cwd = await sampleProject("doubles");
    await writeFile(
      join(cwd, "model.ts"),
      `console.log("imported");
export default { predict: (rows) => { process.stdout.write("asked\\n"); return rows.map(({ x }) => x * 2); } };`,
    );
    const options = ["--dry-run", "--json", "--example", '{"x": 4}'];
    const { stdout, stderr } = await runCli(["serve", "--model", "model.ts", ...options], { cwd });
    expect(documentOf(stdout)).toMatchObject({ status: "scored", prediction: 8 });
    expect(stderr).toContain("imported\nasked\n");
  });

  it("of a job file that prints, too", async () => {
    const cwd = await sampleProject("doubles");
    await writeFile(
      join(cwd, "job.mts"),
      `console.log("read");
export default { name: "job", source: { kind: "rows", path: "rows.csv" }, backend: { kind: "local", model: "model.ts" }, output: { path: "out" } };`,
    );
    const { stdout, stderr } = await runCli(["plan", "job.mts", "--json"], { cwd });
    expect(documentOf(stdout)).toMatchObject({ rows: 4, error: null });
    expect(stderr).toContain("read\n");
  });
});

describe("stitch", () => {
  async function foreignFiles(answer: object): Promise<string> {
    const cwd = await temporaryFolder();
    await Promise.all([mkdir(join(cwd, "requests")), mkdir(join(cwd, "responses"))]);
    await writeFile(join(cwd, "requests", "a.jsonl"), '{"instances":[{"x":1},{"x":2}]}\n');
    await writeFile(join(cwd, "responses", "a.jsonl.out"), `${JSON.stringify(answer)}\n`);
    return cwd;
  }
  const STITCH = ["stitch", "--requests", "requests", "--responses", "responses", "--output", "out"];

  it("joins files that something else wrote, with exit code 0", async () => {
    const cwd = await foreignFiles({ predictions: [{ y: 1 }, { y: 2 }] });
    const { exitCode, stdout } = await runInProcess([...STITCH, "--json"], cwd);
    expect(documentOf(stdout)).toMatchObject({ files: 1, rows: 2, dead_lettered: 0, output: { rows: 2 }, error: null });
    expect(exitCode).toBe(0);
  });

  it("ends with exit code 3 where a row failed, and says where it is", async () => {
    const cwd = await foreignFiles({ predictions: [{ y: 1 }, { error: "no" }] });
    const { exitCode, stdout } = await runInProcess(STITCH, cwd);
    expect(stdout).toContain("dead letters  1 row in out.dead-letter\n");
    expect(await readdir(join(cwd, "out.dead-letter"))).toEqual([
      expect.stringMatching(/^_stitch-.*\.json$/),
      expect.stringMatching(/^a\.jsonl\..*\.parquet$/),
    ]);
    expect(exitCode).toBe(3);
  });
});

describe("a command that is stopped before it has begun", () => {
  it.each([["check"], ["plan"], ["run"]])("%s ends with exit code 4", async (command) => {
    const cwd = await sampleProject("doubles");
    await runInProcess(INIT, cwd);
    const { exitCode, stdout } = await runInProcess([command, "job.yaml", "--json"], cwd, {
      signal: AbortSignal.abort(),
    });
    expect(documentOf(stdout)).toMatchObject({ error: { code: "RUN_CANCELLED" } });
    expect(exitCode).toBe(4);
  });
});

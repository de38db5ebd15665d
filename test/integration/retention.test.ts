import { spawnSync } from "node:child_process";
import { access, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createScoreframe, defineJob } from "../../src/index.ts";
import { documentOf } from "../cli/support/document-of.ts";
import { runCli } from "../cli/support/run-cli.ts";
import { INIT, sampleProject } from "../cli/support/sample-project.ts";

const DAY_MS = 86_400_000;

/** A project with runs of these ids, the first of them ended most days ago. */
async function projectWithRuns(daysAgo: Readonly<Record<string, number>>): Promise<string> {
  const cwd = await sampleProject("doubles");
  expect((await runCli(INIT, { cwd })).exitCode).toBe(0);
  await using engine = await createScoreframe({ workspace: join(cwd, ".scoreframe") });
  for (const [runId, days] of Object.entries(daysAgo)) {
    await engine.run(join(cwd, "job.yaml"), { runId });
    await changeRecord(cwd, runId, (record) => {
      record["started_at"] = record["finished_at"] = new Date(Date.now() - days * DAY_MS).toISOString();
    });
  }
  return cwd;
}

async function changeRecord(cwd: string, runId: string, change: (record: Record<string, unknown>) => void) {
  const path = join(cwd, ".scoreframe", "runs", runId, "run.json");
  const record = JSON.parse(await readFile(path, "utf8"));
  change(record);
  await writeFile(path, JSON.stringify(record));
}

const runsIn = async (cwd: string): Promise<string[]> => (await readdir(join(cwd, ".scoreframe", "runs"))).sort();
/** Files of a run, below its folder. */
async function filesOf(cwd: string, runId: string): Promise<string[]> {
  const root = join(cwd, ".scoreframe", "runs", runId);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

it("runs prune --keep 7d removes the runs that ended longer ago, and says how many and how large", async () => {
  const cwd = await projectWithRuns({ old: 30, week: 8, young: 6 });
  const dry = await runCli(["runs", "prune", "--keep", "7d", "--dry-run"], { cwd });
  expect(dry.stdout).toMatch(/^week {2}job {2}.*\nold {2}job {2}.*\nWould remove 2 runs, [\d.]+ kB; 1 run stays\.\n$/);
  expect(await runsIn(cwd)).toEqual(["old", "week", "young"]);

  const { exitCode, stdout } = await runCli(["runs", "prune", "--keep", "7d", "--json"], { cwd });
  const report = documentOf(stdout);
  expect({ exitCode, ...report }).toMatchObject({ exitCode: 0, kept: 1, dry_run: false, error: null });
  expect(report.removed.map(({ run_id }: { run_id: string }) => run_id)).toEqual(["week", "old"]);
  expect(report.bytes).toBeGreaterThan(1000);
  expect(await runsIn(cwd)).toEqual(["young"]);
  await access(join(cwd, "out", "job"));
});

it("runs prune --keep 1 keeps the newest run", async () => {
  const cwd = await projectWithRuns({ a: 3, b: 2 });
  expect((await runCli(["runs", "prune", "--keep", "1"], { cwd })).stdout).toMatch(
    /^Removed 1 run, .*; 1 run stays\.\n$/,
  );
  expect(await runsIn(cwd)).toEqual(["b"]);
});

it("prune removes nothing that is not a run that has ended", async () => {
  const cwd = await projectWithRuns({ going: 30, killed: 30, copied: 30, linked: 30 });
  const runs = join(cwd, ".scoreframe", "runs");
  // The record of a run that goes on names this process, as its owner; that of a killed one names a process that has ended.
  await changeRecord(cwd, "going", (record) => Object.assign(record, { status: "running", finished_at: null }));
  await changeRecord(cwd, "killed", (record) => {
    Object.assign(record, { status: "running", finished_at: null });
    Object.assign(record["owner"] as object, { pid: spawnSync(process.execPath, ["-e", ""]).pid });
  });
  await changeRecord(cwd, "copied", (record) => Object.assign(record, { run_id: "another" }));
  await mkdir(join(runs, "notes"));
  await writeFile(join(runs, "notes", "run.json"), '{ "mine": true }');
  await writeFile(join(runs, "README"), "mine");
  await symlink(join(cwd, "models"), join(runs, "link"));
  await mkdir(join(cwd, "models"));
  await writeFile(join(cwd, "models", "run.json"), await readFile(join(runs, "linked", "run.json"), "utf8"));

  await using engine = await createScoreframe({ workspace: join(cwd, ".scoreframe") });
  const { removed } = await engine.prune({ keep: "1h" });
  expect(removed.map(({ run_id }) => run_id).sort()).toEqual(["killed", "linked"]);
  expect(await runsIn(cwd)).toEqual(["README", "copied", "going", "link", "notes"]);
  await access(join(cwd, "models", "run.json"));
});

it.each(["7", "0d", "week", "all", "-1", ""])(
  "prune --keep %j is what it is, or an error that says what to give",
  async (keep) => {
    const cwd = await sampleProject("doubles");
    const { exitCode, stdout } = await runCli(["runs", "prune", `--keep=${keep}`, "--json"], { cwd });
    const { error } = documentOf(stdout);
    if (keep === "7") expect({ exitCode, error }).toEqual({ exitCode: 0, error: null });
    else expect({ exitCode, error }).toMatchObject({ exitCode: 2, error: { code: "USAGE" } });
  },
);

async function runWith(keep: string | null, model: "doubles" | "refusesNegative", inProgram?: string) {
  const cwd = await sampleProject(model);
  const job = defineJob({
    name: "kept",
    source: { kind: "rows", path: join(cwd, "rows.csv") },
    model: { features: ["x"] },
    backend: { kind: "local", model: join(cwd, "model.ts") },
    output: { path: join(cwd, "out") },
    failure: { max_failed_rows: model === "doubles" ? 0 : 1 },
    ...(keep === null ? {} : { workspace: { keep } }),
  });
  await using engine = await createScoreframe({
    workspace: join(cwd, ".scoreframe"),
    ...(inProgram === undefined ? {} : { keep: inProgram }),
  });
  const { report } = await engine.tryRun(job, { runId: "run-1" });
  const recorded = await engine.runReport("run-1");
  expect(recorded).toEqual(report);
  return { cwd, report, files: await filesOf(cwd, "run-1") };
}

it("workspace.keep: all, which is the default, keeps every file of a run", async () => {
  const { files } = await runWith(null, "doubles");
  for (const folder of ["features", "requests", "responses", "ledger"]) {
    expect(files).toContainEqual(expect.stringMatching(`^${folder}/`));
  }
});

it("workspace.keep: failed keeps the record, the ledger and the dead letters of a run that has published", async () => {
  const { report, files } = await runWith("failed", "refusesNegative");
  expect(report).toMatchObject({ status: "succeeded_with_dead_letters", dead_letter: { rows: 1 } });
  const folders = new Set(files.map((file) => file.replace(/\/.*/, "")));
  expect([...folders].sort()).toEqual(["dead-letter", "job.json", "ledger", "logs", "run.json"]);
});

it("workspace.keep: failed keeps all of a run that has failed", async () => {
  const cwd = await sampleProject("refusesNegative");
  await runCli(INIT, { cwd });
  const { exitCode } = await runCli(["run", "job.yaml", "--set", "workspace.keep=failed"], { cwd });
  expect(exitCode).toBe(1);
  const [runId = ""] = await runsIn(cwd);
  expect(await filesOf(cwd, runId)).toContainEqual(expect.stringMatching("^requests/"));
});

it("workspace.keep: none keeps the record alone, which names no dead letters then", async () => {
  const { report, files } = await runWith("none", "refusesNegative");
  expect(report).toMatchObject({
    status: "succeeded_with_dead_letters",
    dead_letter: null,
    ledger: { dead_lettered: 1 },
  });
  expect(files).toEqual(["run.json"]);
});

it("the keep of a program counts for jobs that do not say", async () => {
  expect((await runWith(null, "doubles", "none")).files).toEqual(["run.json"]);
  expect((await runWith("all", "doubles", "none")).files.length).toBeGreaterThan(4);
  await expect(createScoreframe({ keep: "some" })).rejects.toMatchObject({ code: "USAGE" });
});

it("workspace.keep: 7d removes older runs when a run ends", async () => {
  const cwd = await projectWithRuns({ old: 8, young: 6 });
  const { exitCode } = await runCli(["run", "job.yaml", "--set", "workspace.keep=7d"], { cwd });
  expect(exitCode).toBe(0);
  expect(await runsIn(cwd)).toEqual([expect.stringMatching(/^\d{8}T/), "young"]);
});

it("workspace.keep rejects what it does not know", async () => {
  const cwd = await sampleProject("doubles");
  await runCli(INIT, { cwd });
  const { exitCode, stderr } = await runCli(["run", "job.yaml", "--set", "workspace.keep=sometimes"], { cwd });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("expected all, failed, none, or an age such as 12h, 7d or 4w");
});

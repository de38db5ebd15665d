import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { createScoreframe, defineSource, rowsSource, ScoreframeError } from "../../src/index.ts";
import { runCli } from "../cli/support/run-cli.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

/** A source in plain JavaScript: as many rows as asked for, whose x counts from 0. */
const MODULE = `
export const counting = {
  specificationVersion: "v1",
  kind: "counting",
  parseOptions: ({ rows }) => ({ rows: Number(rows) }),
  create: ({ rows }, { baseDirectory }) => ({
    describe: async () => [{ name: "x", type: "BIGINT" }],
    async extract(target, { limit = rows }) {
      const { DuckDBInstance } = await import("DUCKDB");
      const connection = await (await DuckDBInstance.create(":memory:")).connect();
      const count = Math.min(rows, limit);
      await connection.run(\`COPY (SELECT x FROM range(\${count}) t(x)) TO '\${target}' (FORMAT parquet)\`);
      connection.closeSync();
      return { path: target, rows: count, columns: [{ name: "x", type: "BIGINT" }] };
    },
  }),
};
`.replace("DUCKDB", join(root, "node_modules/@duckdb/node-api/lib/index.js"));

const SOURCE = "source: { kind: counting, rows: 7, token: very-secret-token }";

async function project(source: string, head = "plugins: [./counting.mjs, ./plus-one.mjs]"): Promise<string> {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "counting.mjs"), MODULE);
  await copyFile(join(root, "test/integration/models/plus-one-backend.mjs"), join(cwd, "plus-one.mjs"));
  const job = `name: job\n${head}\n${source}\nbackend: { kind: plus-one }\noutput: { path: out }\n`;
  await writeFile(join(cwd, "job.yaml"), job);
  return cwd;
}

async function sums(cwd: string): Promise<unknown> {
  return (await query(`select count(*)::int as n, sum(prediction - x)::int as ones from '${cwd}/out/*.parquet'`))[0];
}

it("a job takes its source and its backend from the modules of `plugins`, and `--set` reaches the source's options", async () => {
  const cwd = await project(SOURCE);
  expect(await runCli(["check", "job.yaml"], { cwd })).toMatchObject({ exitCode: 0 });
  expect(await runCli(["run", "job.yaml", "--set", "source.rows=5"], { cwd })).toMatchObject({ exitCode: 0 });
  expect(await sums(cwd)).toEqual({ n: 5, ones: 5 });
});

it("a job may name the modules under `backends`, too", async () => {
  const cwd = await project(SOURCE, "backends: [./counting.mjs, ./plus-one.mjs]");
  expect(await runCli(["run", "job.yaml"], { cwd })).toMatchObject({ exitCode: 0 });
  expect(await sums(cwd)).toEqual({ n: 7, ones: 7 });
});

it("the record of a run shows no secret among the options of a source", async () => {
  const cwd = await project(SOURCE);
  const run = await runCli(["run", "job.yaml", "--json"], { cwd });
  const { run_id } = JSON.parse(run.stdout) as { run_id: string };
  const record = await readFile(join(cwd, ".scoreframe/runs", run_id, "job.json"), "utf8");
  expect(record).toContain("counting");
  expect(record).not.toContain("very-secret-token");
});

it.each([
  [
    "with the nearest name",
    "source: { kind: countin }",
    'source.kind: expected one of sql, rows, counting, found "countin"; did you mean `counting`?',
  ],
  ["without a kind", "source: { rows: 7 }", "source.kind (line 3, column 1): is missing; expected one of sql, rows"],
])("a source of an unknown kind is an error, %s", async (_, source, message) => {
  const { exitCode, stdout } = await runCli(["check", "job.yaml", "--json"], { cwd: await project(source) });
  expect(JSON.parse(stdout).error).toMatchObject({ code: "JOB_INVALID", message: expect.stringContaining(message) });
  expect(exitCode).not.toBe(0);
});

it("a program passes its own source, whose options the source checks", async () => {
  const folder = await temporaryFolder();
  const countdown = defineSource<{ readonly from: number }>({
    specificationVersion: "v1",
    kind: "countdown",
    parseOptions({ from }) {
      if (typeof from === "number") return { from };
      throw new ScoreframeError("JOB_INVALID", "source.from must be a number.", { option: "source.from" });
    },
    create: ({ from }) => rowsSource(Array.from({ length: from }, (_, index) => ({ x: from - index }))),
  });
  const respond = ({ instances }: { instances: { x: number }[] }): string =>
    JSON.stringify({ predictions: instances.map(({ x }) => Number(x) * 2) });
  const engine = await createScoreframe({
    workspace: join(folder, "runs"),
    sources: [countdown],
    backends: [functionBackend("double", respond as never)],
  });
  onTestFinished(() => engine.close());
  const job = {
    name: "down",
    source: { kind: "countdown", from: 3 },
    backend: { kind: "double" },
    output: { path: "out" },
  };
  await engine.run(job, { baseDirectory: folder });
  expect(await query(`select x::int as x, prediction::int as p from '${folder}/out/*.parquet'`)).toEqual([
    { x: 3, p: 6 },
    { x: 2, p: 4 },
    { x: 1, p: 2 },
  ]);
  const spoiled = { ...job, source: { kind: "countdown", from: "three" } };
  await expect(engine.run(spoiled, { baseDirectory: folder })).rejects.toThrow("source.from must be a number.");
  await expect(engine.run(job, { baseDirectory: folder, rows: [{ x: 1 }] })).rejects.toMatchObject({
    code: "JOB_INVALID",
    message:
      "The job's source is of kind countdown, and rows were passed too. Set source: { kind: rows }, or leave the rows out.",
  });
});

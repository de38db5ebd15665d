import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseJob } from "../../src/core/job/read/parse-job.ts";
import { readJobText } from "../../src/core/job/read/read-job-text.ts";
import { documentOf } from "./support/document-of.ts";
import { runInProcess } from "./support/memory-context.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

describe("a command line that cannot be understood", () => {
  it.each([
    [["rnu", "job.yaml"], "Unknown command 'rnu'. Did you mean run?"],
    [["emulate", "sagmaker"], "There is no service 'sagmaker'. Did you mean sagemaker?"],
    [["emulate", "dynamodb"], "There is no service 'dynamodb'. There are: sagemaker."],
    [["stitch", "--format", "parqet"], "Option '--format <format>' does not take 'parqet'. Did you mean parquet?"],
    [["run", "job.yaml", "--jsno"], "Unknown option '--jsno'. Did you mean --json?"],
    [["run"], "Missing required argument 'job'."],
    [["run", "a.yaml", "b.yaml"], "Too many arguments for 'run'. Expected 1 argument but got 2"],
    [["check", "job.yaml", "--sample-rows", "0"], "It must be a whole number from 1."],
    [["serve", "--port", "70000"], "It must be a whole number from 0 to 65535."],
    [["stitch", "--requests", "a"], "Required option '--responses <place>' not specified."],
    [["run", "job.yaml", "--quiet", "--verbose"], "cannot be used with option '--verbose'"],
    [["run", "job.yaml", "--set", "no-equals-sign"], "--set takes key=value"],
  ])("%j is rejected with exit code 2 and says why", async (args, reason) => {
    const { exitCode, stdout, stderr } = await runInProcess(args, await temporaryFolder());
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("Error USAGE: ");
    expect(stderr).toContain(reason);
  });

  it("prints its help on stderr where there is no command at all", async () => {
    const { exitCode, stdout, stderr } = await runInProcess([], "/");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("Usage: scoreframe");
  });
});

describe("--json where nothing could be begun", () => {
  it.each([["run", "nope.yaml"], ["run"], ["run", "nope.yaml", "--what"]])(
    "%j prints the document of a run with nothing in it",
    async (...args) => {
      const { exitCode, stdout } = await runInProcess([...args, "--json"], await temporaryFolder());
      expect(exitCode).toBe(2);
      expect(documentOf(stdout)).toMatchObject({
        run_id: null,
        status: "failed",
        ledger: { input: 0, scored: 0, dead_lettered: 0, skipped: 0 },
        output: null,
        error: { code: expect.stringMatching(/^(USAGE|JOB_FILE_NOT_FOUND)$/) },
      });
    },
  );

  it.each([
    ["plan", "nope.yaml"],
    ["plan"],
    ["runs", "nope"],
    ["serve"],
    ["stitch"],
    ["nope"],
    ["init", "job.txt"],
    [],
  ])("%j prints a document with the error", async (...args) => {
    const { exitCode, stdout, stderr } = await runInProcess([...args, "--json"], await temporaryFolder());
    const { error } = documentOf(stdout);
    expect(stderr).toContain(`Error ${error.code}: `);
    expect(exitCode).toBe(2);
  });
});

describe("--help and --version", () => {
  it("names every command", async () => {
    const { exitCode, stdout, stderr } = await runInProcess(["--help"], "/");
    for (const name of ["init", "check", "plan", "run", "runs", "stitch", "serve"]) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    }
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it.each([["-h"], ["help"], ["help", "help"]])("%j is --help", async (...args) => {
    expect(await runInProcess(args, "/")).toEqual(await runInProcess(["--help"], "/"));
  });

  it.each([
    ["run", "--help"],
    ["run", "-h"],
    ["help", "run"],
  ])("%j explains the options of a command", async (...args) => {
    const { exitCode, stdout, stderr } = await runInProcess(args, "/");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/--set <key=value>[\s\S]*--workspace <place>[\s\S]*--json/);
  });

  it.each([
    ["rnu", "Unknown command 'rnu'. Did you mean run?"],
    ["everything", "Unknown command 'everything'. There are: init, check, plan, run,"],
  ])("help %s, which is no command, suggests one", async (name, message) => {
    const { exitCode, stderr } = await runInProcess(["help", name], "/");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each([["--version"], ["-V"]])("%s prints the version of the package and nothing else", async (flag) => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
    expect(await runInProcess([flag], "/")).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });
});

describe("init", () => {
  const written = async (folder: string, path: string): Promise<ReturnType<typeof parseJob>> => {
    const text = await readFile(join(folder, path), "utf8");
    return parseJob(readJobText(text, "yaml", path).value, { env: { TOKEN: "t" } });
  };

  /** A folder with these tables, and a model in model.ts. */
  const project = async (...tables: readonly string[]): Promise<string> => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "model.ts"), "export default { predict: (rows) => rows.map(() => 1) };");
    for (const table of tables)
      await writeFile(join(folder, table), "id,a,b,late,note,ds\n1,1.5,2,true,x,2024-05-01\n");
    return folder;
  };

  it("lists the columns of the table and proposes features, with why others are left out", async () => {
    const folder = await project("rows.csv");
    const args = ["init", "--rows", "rows.csv", "--model", "model.ts", "--partition-by", "ds"];
    const { exitCode, stderr } = await runInProcess(args, folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Columns: id BIGINT, a DOUBLE, b BIGINT, late BOOLEAN, note VARCHAR, ds DATE\n");
    expect(stderr).toContain("Features: a, b, late\n");
    expect(stderr).toContain("id (named like an identifier), note (neither a number nor a boolean), ds (a partition)");
    expect(await written(folder, "job.yaml")).toMatchObject({ model: { features: ["a", "b", "late"] } });
  });

  it.each([
    [["--rows", "row.csv", "--model", "model.ts"], /TABLE_NOT_FOUND.*rows\.csv/],
    [["--rows", "rows.csv", "--model", "modl.ts"], /There is no model .*Did you mean .*model\.ts\?/],
    [["--rows", "rows.csv", "--model", "model.ts", "--features", "a,lat"], /no column lat\. Did you mean late\?/],
    [["--table", "t=rows.csv", "--sql", "select z from t", "--model", "model.ts"], /z/],
  ])("%j writes nothing, and says what is there instead", async (args, message) => {
    const folder = await project("rows.csv");
    const { exitCode, stderr } = await runInProcess(["init", ...args], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
    await expect(readFile(join(folder, "job.yaml"))).rejects.toThrow("ENOENT");
  });

  it("does not look at a table whose path is filled when the job runs", async () => {
    const folder = await project();
    const args = ["init", "--rows", "data/{{ ds }}.csv", "--model", "model.ts"];
    expect(await runInProcess(args, folder)).toMatchObject({ exitCode: 0 });
  });

  it("writes a job that can be parsed", async () => {
    const folder = await project("rows.csv");
    const args = ["init", "--rows", "rows.csv", "--model", "model.ts", "--features", "a, b", "--partition-by", "ds"];
    const { exitCode, stdout } = await runInProcess(args, folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "Wrote job.yaml. Next: scoreframe check job.yaml\n" });
    expect(await written(folder, "job.yaml")).toMatchObject({
      name: "job",
      source: { kind: "rows", path: "rows.csv" },
      model: { features: ["a", "b"] },
      backend: { kind: "local", model: "model.ts" },
      output: { path: "out/job", partition_by: ["ds"] },
    });
  });

  it("writes paths as the job file needs them, where they were typed from elsewhere", async () => {
    const folder = await temporaryFolder();
    for (const name of ["jobs", "data"]) await mkdir(join(folder, name));
    await copyFile(new URL("../../fixtures/flights-sample.csv", import.meta.url), join(folder, "data", "t.csv"));
    const args = ["init", "jobs/a.yaml", "--table", "t=data/t.csv", "--url", "http://localhost:1/x"];
    await runInProcess([...args, "--token-variable", "TOKEN", "--output", "out"], folder);
    expect(await written(folder, "jobs/a.yaml")).toMatchObject({
      name: "a",
      source: { kind: "sql", tables: { t: "../data/t.csv" }, sql: "select * from t" },
      backend: { kind: "http", url: "http://localhost:1/x", headers: { authorization: "Bearer t" } },
      output: { path: "../out" },
    });
  });

  it("keeps a command and a query as they are", async () => {
    const folder = await project("t.csv");
    const command = `mlflow models serve -m "./my model" -p {port}`;
    const sql = `select 'it''s', a as "a:b" from "my table" -- # no comment`;
    await runInProcess(["init", "--table", "my table=t.csv", "--sql", sql, "--command", command], folder);
    expect(await written(folder, "job.yaml")).toMatchObject({
      source: { tables: { "my table": "t.csv" }, sql },
      backend: { kind: "local", command },
    });
  });

  it("overwrites nothing without --force", async () => {
    const folder = await project("rows.csv");
    await writeFile(join(folder, "job.yaml"), "mine\n");
    const args = ["init", "--rows", "rows.csv", "--model", "model.ts"];
    const rejected = await runInProcess(args, folder);
    expect(rejected.exitCode).toBe(2);
    expect(rejected.stderr).toContain("job.yaml exists already. Choose another name, or overwrite it with --force.");
    expect(await readFile(join(folder, "job.yaml"), "utf8")).toBe("mine\n");
    expect((await runInProcess([...args, "--force"], folder)).exitCode).toBe(0);
    expect(await written(folder, "job.yaml")).toMatchObject({ name: "job" });
  });

  it.each([
    [[], "Say where the rows come from"],
    [["--rows", "a.csv"], "Say where the model is"],
    [["--model", "m.ts"], "Say where the rows come from"],
    [["--rows", "a.csv", "--model", "m.ts", "--url", "http://x"], "Say where the model is, with one of"],
    [["--rows", "a.csv", "--sql", "select 1", "--model", "m.ts"], "leave out --sql"],
    [["--table", "a.csv", "--model", "m.ts"], "--table takes name=path"],
    [["--rows", "a.csv", "--features", "a,,b", "--model", "m.ts"], "It must be names with commas"],
  ])("%j off a terminal writes nothing and says what is missing", async (args, reason) => {
    const folder = await temporaryFolder();
    const { exitCode, stderr } = await runInProcess(["init", ...args], folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    await expect(readFile(join(folder, "job.yaml"))).rejects.toThrow("ENOENT");
  });
});

describe("the workspace", () => {
  it("is --workspace, or SCOREFRAME_WORKSPACE, or .scoreframe in the working directory", async () => {
    const folder = await temporaryFolder();
    const said = async (args: readonly string[], env: Record<string, string>): Promise<string> =>
      (await runInProcess(["runs", ...args], folder, { env })).stdout;
    expect(await said([], {})).toBe(`There are no runs in ${join(folder, ".scoreframe")}.\n`);
    expect(await said([], { SCOREFRAME_WORKSPACE: "w" })).toBe(`There are no runs in ${join(folder, "w")}.\n`);
    expect(await said(["--workspace", "v"], { SCOREFRAME_WORKSPACE: "w" })).toBe(
      `There are no runs in ${join(folder, "v")}.\n`,
    );
  });
});

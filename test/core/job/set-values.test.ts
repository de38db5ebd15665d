import { describe, expect, it } from "vitest";
import { parseJob } from "../../../src/core/job/read/parse-job.ts";
import { parseSetArguments } from "../../../src/core/job/read/set-overrides.ts";
import { errorOf, sampleJob } from "./sample-job.ts";

describe("--set", () => {
  it("fills a variable, before a value that the program gave", () => {
    const job = parseJob(sampleJob({ name: "{{ region }}" }), { set: { region: "eu" }, variables: { region: "us" } });
    expect(job.name).toBe("eu");
  });

  it.each([
    ["requests.batch_size", "500", { requests: { batch_size: 500 } }],
    ["name", "2024", { name: "2024" }],
    ["source.sql", "select a: 1", { source: { sql: "select a: 1" } }],
    ["source.tables.flights", "data/f.parquet", { source: { tables: { flights: "data/f.parquet" } } }],
    ["source.tables.flights", "{path: f, hive: true}", { source: { tables: { flights: { path: "f", hive: true } } } }],
    ["output.partition_by", "[a, b]", { output: { partition_by: ["a", "b"] } }],
    ["backend.concurrency", "8", { backend: { kind: "local", model: "model.ts", concurrency: 8 } }],
    ["backend.headers.x-key", "v", { backend: { headers: { "x-key": "v" } } }],
    ["model.features", "[a]", { model: { features: ["a"] } }],
    ["output.path", "out/{{ ds }}", { output: { path: "out/2024-05-01" } }],
  ])("%s=%s changes that place of the job", (key, value, expected) => {
    const job = sampleJob({ source: { kind: "sql", sql: "select * from flights" } });
    expect(parseJob(job, { set: { ds: "2024-05-01", [key]: value } })).toMatchObject(expected);
  });

  it("leaves the job as it was written alone", () => {
    const input = sampleJob();
    parseJob(input, { set: { "backend.model": "other.ts" } });
    expect(input).toEqual(sampleJob());
  });

  it("changes a job that is parsed already", () => {
    const job = parseJob(sampleJob({ name: "${A}" }), { env: { A: "a" } });
    const changed = parseJob(job, { env: { A: "a" }, set: { "requests.batch_size": "9" } });
    expect(changed).toMatchObject({ name: "a", requests: { batch_size: 9 } });
  });

  it("only fills a variable that is called like a key of the job", () => {
    const job = parseJob(sampleJob({ output: { path: "out/{{ name }}" } }), { set: { name: "x" } });
    expect(job).toMatchObject({ name: "sample", output: { path: "out/x" } });
  });

  it.each([
    ["requests.batchsize", "Did you mean requests.batch_size?"],
    ["request.batch_size", "Did you mean requests.batch_size?"],
    ["batchsize", "Did you mean requests.batch_size?"],
    ["dss", "neither `{{ dss }}` nor a key dss. The job uses no variables."],
    ["__proto__.polluted", "nor a key __proto__.polluted"],
  ])("%s, which would change nothing, is an error", async (key, message) => {
    const error = await errorOf(() => parseJob(sampleJob(), { set: parseSetArguments([`${key}=1`]) }));
    expect(error.code).toBe("USAGE");
    expect(error.message).toContain(message);
  });

  it.each([
    ["regoin", "The job uses the variables day, region. Did you mean region?"],
    ["concurrency", "Did you mean backend.concurrency?"],
    ["x", "The job uses the variables day, region."],
    ["source.tables.flihgts", "the query does not read a table flihgts. Did you mean source.tables.flights?"],
  ])("%s is an error that names what the job has instead", async (key, message) => {
    const job = sampleJob({
      name: "{{ region }} {{ day }}",
      source: { kind: "sql", tables: { flights: "f.parquet" }, sql: "select * from flights" },
      backend: { kind: "local", model: "model.ts", concurrency: 2 },
    });
    const error = await errorOf(() => parseJob(job, { set: { day: "1", region: "eu", [key]: "1" } }));
    expect(error.code).toBe("USAGE");
    expect(error.message).toContain(`--set ${key}=… changes nothing: `);
    expect(error.message).toContain(message);
  });

  it("of a flat job may be mistaken for one of its flat keys", async () => {
    const job = { model_name: "m", sql: "select '{{ ds }}'" };
    const error = await errorOf(() => parseJob(job, { set: { ds: "1", instance_tpye: "ml.c5.large" } }));
    expect(error.message).toContain("The job uses the variable ds. Did you mean instance_type?");
  });

  it("may add a table that the query reads", () => {
    const job = sampleJob({ source: { kind: "sql", sql: "select * from Flights" } });
    expect(parseJob(job, { set: { "source.tables.flights": "f.parquet" } })).toMatchObject({
      source: { tables: { flights: "f.parquet" } },
    });
  });

  it("may give ds and run_id to a job that has no use for them", () => {
    expect(parseJob(sampleJob(), { set: { ds: "2024-05-01", run_id: "r" } }).name).toBe("sample");
  });

  it.each([
    ["requests.batch_size", "abc", '--set requests.batch_size=abc: expected a whole number, found "abc"'],
    ["output.partition_by", "ds", '--set output.partition_by=ds: expected a list, found "ds"; write [ds]'],
    ["output.predictions.p", "duble", "--set output.predictions.p=duble: the type `duble` is not understood"],
    ["output.predictions", "{p: duble}", "--set output.predictions={p: duble}: output.predictions.p: the type `duble`"],
    ["output.path", "{{ day }}", "--set output.path={{ day }}: `{{ day }}` has no value"],
    ["source.path", "a.csv", "--set source.path=a.csv: unknown key"],
    ["source.kind", "sqll", "--set source.kind=sqll: expected one of sql, rows"],
  ])("%s=%s is blamed for what it puts there, not the file", async (key, value, message) => {
    const origin = { label: "the job file job.yaml", locate: () => ({ line: 9, column: 15 }) };
    const error = await errorOf(() => parseJob(sampleJob(), { set: { [key]: value }, origin }));
    expect(error.message.slice(0, message.length)).toBe(message);
    expect(error.message).not.toContain("line 9");
    expect(JSON.stringify(error.facts.details)).not.toContain('"line"');
  });

  it("is distinguished from what is wrong in the file itself", async () => {
    const origin = { label: "the job file job.yaml", locate: () => ({ line: 2, column: 7 }) };
    const job = sampleJob({ failure: { max_failed_rows: "many" } });
    const error = await errorOf(() => parseJob(job, { set: { "requests.batch_size": "abc" }, origin }));
    expect(error.message.split("\n")).toEqual([
      "The job file job.yaml, with what --set puts into it, has 2 problems:",
      '  --set requests.batch_size=abc: expected a whole number, found "abc"',
      '  failure.max_failed_rows (line 2, column 7): expected a number, found "many"',
    ]);
  });

  it("is not blamed for a key of the file that it does not change", async () => {
    const origin = { label: "the job file job.yaml", locate: () => ({ line: 2, column: 7 }) };
    const job = sampleJob({ ds: "x" });
    const error = await errorOf(() => parseJob(job, { set: { ds: "2024-05-01" }, origin }));
    expect(error.message).toMatch(/^The job file job\.yaml is invalid: ds \(line 2, column 7\): unknown key/);
  });

  it("is blamed by its flat name in a flat job", async () => {
    const job = { model_name: "m", sql: "select 1 as a" };
    const error = await errorOf(() => parseJob(job, { set: { request_batch_size: "abc" } }));
    expect(error.message).toBe('--set request_batch_size=abc: expected a whole number, found "abc"');
  });

  it("does not show an option of a backend, which may be a secret", async () => {
    const set = { "backend.headers.authorization": "Bearer hunter2 ${" };
    const error = await errorOf(() => parseJob(sampleJob(), { set }));
    expect(error.message).toMatch(/^--set backend\.headers\.authorization=…: `\$\{` is not closed/);
    expect(error.message).not.toContain("hunter2");
  });

  it("cannot go into what is not an object", async () => {
    const job = sampleJob({ source: { kind: "sql", sql: "s", tables: { t: "p" } } });
    const error = await errorOf(() => parseJob(job, { set: { "source.tables.t.format": "csv" } }));
    expect(error.message).toContain("source.tables.t is not an object in the job");
  });

  it("keeps the equals signs of a value", () => {
    expect(parseSetArguments(["source.sql=select a = b", "ds="])).toEqual({ "source.sql": "select a = b", ds: "" });
  });

  it.each(["ds", "=x"])("%s without a key and an equals sign is a usage error", async (setting) => {
    expect((await errorOf(() => parseSetArguments([setting]))).code).toBe("USAGE");
  });
});

import { describe, expect, it } from "vitest";
import { parseJob } from "../../../../src/core/job/read/parse-job.ts";
import { errorOf, sampleJob } from "../sample-job.ts";

async function problemsOf(job: unknown): Promise<string> {
  const error = await errorOf(() => parseJob(job));
  expect(error.code).toBe("JOB_INVALID");
  return error.message;
}

describe("a job", () => {
  it("gets every default", () => {
    expect(parseJob(sampleJob())).toEqual({
      name: "sample",
      source: { kind: "sql", tables: {}, sql: "select 1 as a" },
      model: {},
      requests: { file_size_mb: 5, non_finite: "null" },
      backend: { kind: "local", model: "model.ts" },
      output: {
        path: "out/sample",
        format: "parquet",
        partition_by: [],
        flatten: false,
        columns: "all",
        csv_escape_formulas: false,
        durable: true,
        include_row_id: false,
        if_exists: "overwrite_partitions",
        schema: "strict",
      },
      failure: { max_failed_rows: 0, oversized_rows: "fail", isolate_failed_rows: true },
    });
  });

  it.each([null, "null", "text", "error"])("may say how NaN is sent by %s", (non_finite) => {
    expect(parseJob(sampleJob({ requests: { non_finite } })).requests.non_finite).toBe(non_finite);
  });

  it("rejects another way for NaN, with the ways there are", async () => {
    expect(await problemsOf(sampleJob({ requests: { non_finite: "drop" } }))).toMatch(/null, text, error/);
  });

  it("keeps the parameters of its model as they are, and rejects what is not an object", async () => {
    const params = { threshold: 0.5, deep: [{ a: null }], text: "x" };
    expect(parseJob(sampleJob({ model: { params } })).model.params).toEqual(params);
    expect(await problemsOf(sampleJob({ model: { params: [1] } }))).toContain("model.params");
  });

  it("keeps the options of its backend as they are", () => {
    const backend = { kind: "mine", deep: { list: [1, null, { a: true }] } };
    expect(parseJob(sampleJob({ backend })).backend).toEqual(backend);
  });

  it("may leave its rows to the program that runs it", () => {
    expect(parseJob(sampleJob({ source: { kind: "rows" } })).source).toEqual({ kind: "rows" });
  });

  it("cannot be changed once it is parsed", () => {
    const job = parseJob(sampleJob());
    expect(() => Object.assign(job.requests, { batch_size: 7 })).toThrow(TypeError);
  });

  it("does not freeze or change what it was parsed from", () => {
    const input = sampleJob();
    parseJob(input);
    expect(input).toEqual(sampleJob());
    expect(Object.isFrozen(input["backend"])).toBe(false);
  });

  it("is itself when it is parsed again", () => {
    const job = parseJob(sampleJob());
    expect(parseJob(job)).toBe(job);
  });

  it("is filled once only, though it is parsed again", () => {
    const job = parseJob(sampleJob({ name: "$${HOME} ${A}" }), { env: { A: "${B} {{ c }}", HOME: "no" } });
    expect(job.name).toBe("${HOME} ${B} {{ c }}");
    expect(parseJob(job, { env: {} }).name).toBe("${HOME} ${B} {{ c }}");
  });
});

describe("an unknown key", () => {
  it.each([
    [{ nam: "x" }, "nam: unknown key; did you mean `name`?"],
    [{ requests: { batchSize: 5 } }, "requests.batchSize: unknown key; did you mean `batch_size`?"],
    [
      { output: { path: "x", "partition-by": ["a"] } },
      "output.partition-by: unknown key; did you mean `partition_by`?",
    ],
    [{ batch_size: 5 }, "batch_size: unknown key; it belongs at `requests.batch_size`"],
    [{ source: { kind: "rows", tables: {} } }, "source.tables: unknown key; it belongs to `kind: sql`"],
    [{ requests: { colour: 1 } }, "requests.colour: unknown key; the keys here are file_size_mb, batch_size"],
    [
      { source: { kind: "sql", sql: "s", tables: { t: { path: "p", fromat: "csv" } } } },
      "source.tables.t.fromat: unknown key; did you mean `format`?",
    ],
  ])("in %j is rejected with its place and a suggestion", async (changes, message) => {
    expect(await problemsOf(sampleJob(changes))).toContain(message);
  });

  it("named like a member of every object is unknown as well", async () => {
    const job = JSON.parse('{"requests":{"__proto__":{"batch_size":1},"constructor":1}}');
    const message = await problemsOf(sampleJob(job));
    expect(message).toContain("requests.__proto__: unknown key");
    expect(message).toContain("requests.constructor: unknown key");
  });
});

const EXPECTED = "expected plain data (text, numbers, true or false, lists, objects)";

describe("a wrong value", () => {
  it.each([
    [{ name: 5 }, "name: expected a string, found 5; put it in quotes"],
    [{ name: "" }, "name: must not be empty"],
    [{ backend: undefined }, "backend: is missing; expected an object"],
    [{ backend: {} }, "backend.kind: is missing; expected a string"],
    [{ requests: { batch_size: 1.5 } }, "requests.batch_size: expected a whole number, found 1.5"],
    [
      { requests: { batch_size: "500" } },
      'requests.batch_size: expected a whole number, found "500"; remove the quotes',
    ],
    [{ requests: { batch_size: 0 } }, "requests.batch_size: expected a number of at least 1, found 0"],
    [{ requests: { file_size_mb: 0 } }, "requests.file_size_mb: expected a number greater than 0, found 0"],
    [{ requests: { file_size_mb: Number.NaN } }, "requests.file_size_mb: expected a number, found NaN"],
    [{ failure: null }, "failure: expected an object (keys with values), found nothing (null)"],
    [{ failure: { max_failed_rows: 1.5 } }, "failure.max_failed_rows: expected a count (0, 1, 2 …) or a ratio"],
    [{ source: { kind: "spark" } }, 'source.kind: expected one of sql, rows, found "spark"'],
    [{ source: { sql: "x" } }, "source.kind: is missing; expected one of sql, rows"],
    [
      { source: { kind: "sql", sql: "s", tables: { t: 3 } } },
      "source.tables.t: expected a path (a string) or an object with `path`, found 3",
    ],
    [{ model: { features: ["a", "b", "a"] } }, "model.features: names the column `a` twice"],
    [{ model: { features: [] } }, "model.features: needs at least one entry"],
    [{ model: { protocol: "instance" } }, 'found "instance"; did you mean `instances`?'],
    [{ output: { path: "x", partition_by: "ds" } }, 'output.partition_by: expected a list, found "ds"; write [ds]'],
    [
      { output: { path: "x", predictions: { p: "flaot" } } },
      "output.predictions.p: the type `flaot` is not understood",
    ],
  ])("%j is rejected with what was expected and what was found", async (changes, message) => {
    expect(await problemsOf(sampleJob(changes))).toContain(message);
  });

  it.each([[null], ["text"], [[1]], [undefined]])("%j in place of a job is rejected", async (job) => {
    expect((await errorOf(() => parseJob(job))).code).toBe("JOB_INVALID");
  });

  it.each([
    [() => 1, "found a function"],
    [new Date(0), "found a Date object"],
    [new Map(), "found a Map object"],
    [1n, "found a bigint"],
  ])("that a job file could not hold is rejected: %s", async (value, message) => {
    expect(await problemsOf(sampleJob({ backend: { kind: "b", list: [value] } }))).toContain(
      `backend.list.0: ${EXPECTED}, ${message}`,
    );
  });

  it("is one of several that one error reports, one per line", async () => {
    const error = await errorOf(() => parseJob({ name: 1, output: { path: "" }, extra: true }));
    expect(error.message.split("\n")).toHaveLength(6);
    expect(error.toJSON()).toMatchObject({
      code: "JOB_INVALID",
      option: "name",
      details: { problems: expect.any(Array) },
    });
  });

  it("from the environment is not printed", async () => {
    const job = sampleJob({
      output: { path: "x", format: "${A}", predictions: { p: "${A}" } },
      model: { features: ["${A}", "${A}"] },
    });
    const error = await errorOf(() =>
      parseJob({ ...job, requests: { batch_size: "${A}" } }, { env: { A: "hunter2" } }),
    );
    expect(error.message).toContain("output.format: expected one of parquet, csv, jsonl, found the value of `${A}`");
    expect(JSON.stringify(error)).not.toContain("hunter2");
  });
});

describe("an option of one format", () => {
  it("is rejected with another", async () => {
    const output = { path: "out", csv_escape_formulas: true };
    const error = await errorOf(() => parseJob(sampleJob({ output })));
    expect(error.message).toContain("output.csv_escape_formulas: is for `format: csv`, and the format is parquet");
    const job = parseJob(sampleJob({ output: { ...output, format: "csv" } }));
    expect(job.output.csv_escape_formulas).toBe(true);
  });
});

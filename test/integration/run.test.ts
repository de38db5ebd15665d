import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { AnswerLine } from "../support/function-backend.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

type Instance = Record<string, number>;

const predict =
  (score: (row: Instance) => unknown): AnswerLine =>
  ({ instances }) =>
    JSON.stringify({ predictions: instances.map((row) => score(row as Instance)) });

/** Answers of the tests' backend, replaced by each test. */
let answer: AnswerLine = predict(() => 0);
let engine: Engine;
let workspace: string;
let folder: string;

beforeAll(async () => {
  workspace = join(await mkdtemp(join(tmpdir(), "scoreframe-run-")), "workspace");
  engine = await createScoreframe({
    workspace,
    backends: [
      functionBackend("function", (request, line, shard) => answer(request, line, shard)),
      functionBackend("narrow", (request, line, shard) => answer(request, line, shard), 200),
    ],
  });
});
afterAll(() => engine.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-run-test-"));
  answer = predict(({ n }) => (n as number) * 2);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A job over the numbers 0 … rows - 1, each with a partition `part` = n % 3 and a text. */
function job(rows: number, changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "numbers",
    source: { kind: "sql", tables: {}, sql: `select n, n % 3 as part, 'text ' || n as note from range(${rows}) t(n)` },
    model: { features: ["n"] },
    requests: { batch_size: 10 },
    backend: { kind: "function" },
    output: { path: join(folder, "out") },
    ...changes,
  };
}

const table = (): Promise<Record<string, unknown>[]> =>
  query(`select * from read_parquet('${folder}/out/**/*.parquet', hive_partitioning = true) order by n`);

describe("a run", () => {
  it("gives every row its own prediction", async () => {
    const run = await engine.run(job(1005));
    expect(run.ledger).toEqual({ input: 1005, scored: 1005, deadLettered: 0, skipped: 0 });
    const rows = await table();
    expect(rows).toHaveLength(1005);
    expect(
      rows.filter(({ n, prediction, note }) => Number(prediction) !== Number(n) * 2 || note !== `text ${n}`),
    ).toEqual([]);
  });

  it("pairs rows across many shards that a small file size cuts", async () => {
    const run = await engine.run(job(5000, { requests: { batch_size: 7, file_size_mb: 0.001 } }));
    expect(run.report.shards.total).toBeGreaterThan(30);
    const [wrong] = await query(
      `select count(*) as count from read_parquet('${folder}/out/**/*.parquet') where prediction <> n * 2`,
    );
    expect(wrong).toEqual({ count: "0" });
    expect(run.output.rows).toBe(5000);
  });

  it("has as many files as plan says, also where few lines fit in one", async () => {
    const requests = { batch_size: 10, file_size_mb: 0.0003 };
    const { shards } = await engine.plan(job(1005, { requests }));
    const { report } = await engine.run(job(1005, { requests }));
    expect(report.shards.total).toBeGreaterThan(20);
    expect(Math.abs(shards - report.shards.total)).toBeLessThanOrEqual(report.shards.total / 20);
  });

  it("splits a batch that exceeds the backend's limit instead of rejecting it", async () => {
    const run = await engine.run(job(100, { backend: { kind: "narrow" }, requests: { batch_size: 100 } }));
    expect(run.report.requests).toBeGreaterThan(1);
    expect(await table()).toHaveLength(100);
  });

  it("publishes an empty, typed table for an empty result", async () => {
    const run = await engine.run(
      job(0, { output: { path: join(folder, "out"), predictions: { prediction: "double" } } }),
    );
    expect(run.status).toBe("succeeded");
    const columns = await query(`describe select * from read_parquet('${folder}/out/*.parquet')`);
    expect(columns.map(({ column_name: name, column_type: type }) => `${name} ${type}`)).toEqual([
      "n BIGINT",
      "part BIGINT",
      "note VARCHAR",
      "prediction DOUBLE",
    ]);
  });

  it("replaces the same partitions when it is run again, and leaves the others", async () => {
    const partitioned = { output: { path: join(folder, "out"), partition_by: ["part"] } };
    await engine.run(job(30, partitioned));
    const source = { kind: "sql", tables: {}, sql: "select n, 1 as part, 'again' as note from range(5) t(n)" } as const;
    await engine.run(job(0, { ...partitioned, source }));
    await engine.run(job(0, { ...partitioned, source }));
    expect(
      await query(
        `select part, count(*) as count from read_parquet('${folder}/out/**/*.parquet', hive_partitioning = true) group by part order by part`,
      ),
    ).toEqual([
      { part: "0", count: "10" },
      { part: "1", count: "5" },
      { part: "2", count: "10" },
    ]);
  });

  it("types a table whose answers are integers here and floats there as floats", async () => {
    answer = predict(({ n }) => ((n as number) < 20 ? n : (n as number) + 0.5));
    await engine.run(job(40, { requests: { batch_size: 5, file_size_mb: 0.0001 } }));
    const rows = await table();
    expect(rows.map(({ prediction }) => Number(prediction))).toEqual(
      rows.map(({ n }) => (Number(n) < 20 ? Number(n) : Number(n) + 0.5)),
    );
  });

  it("gives a column of nulls where the model answers nothing else", async () => {
    answer = predict(() => null);
    await engine.run(job(5, { failure: { max_null_predictions: "all" } }));
    expect((await table()).map(({ prediction }) => prediction)).toEqual([null, null, null, null, null]);
  });

  it("passes through what is no feature, where only features are named", async () => {
    await engine.run(job(1, { output: { path: join(folder, "out"), columns: "predictions" } }));
    const [row] = await query(`select * from read_parquet('${folder}/out/*.parquet')`);
    expect(Object.keys(row ?? {})).toEqual(["part", "note", "prediction"]);
  });

  it("writes only predictions and what is passed through, when asked", async () => {
    await engine.run(
      job(3, {
        model: { features: ["n"], passthrough: ["note"] },
        output: { path: join(folder, "out"), columns: "predictions" },
      }),
    );
    expect(await query(`select * from read_parquet('${folder}/out/*.parquet')`)).toEqual(
      [
        { note: "text 0", prediction: "0" },
        { note: "text 1", prediction: "2" },
        { note: "text 2", prediction: "4" },
      ].map((row) => ({ ...row, prediction: expect.anything() })),
    );
  });
});

describe("rows that fail", () => {
  const everyTenth = predict(({ n }) => ((n as number) % 10 === 3 ? { error: `no ${n}` } : (n as number) * 2));

  it("are dead-lettered with their cause, and the rest is published within the limit", async () => {
    answer = everyTenth;
    const run = await engine.run(job(100, { failure: { max_failed_rows: 10 } }));
    expect(run.status).toBe("succeeded_with_dead_letters");
    expect(run.ledger).toEqual({ input: 100, scored: 90, deadLettered: 10, skipped: 0 });
    expect((await table()).map(({ n }) => Number(n) % 10)).not.toContain(3);
    const letters = await query(
      `select n, note, _error_code, _error_message from read_parquet('${run.deadLetter?.path}/*.parquet') order by n`,
    );
    expect(letters[1]).toEqual({ n: "13", note: "text 13", _error_code: "ROW_FAILED", _error_message: "no 13" });
    expect(letters).toHaveLength(10);
  });

  it("beyond the limit publish nothing, and the error names the first cause and where all of them are", async () => {
    answer = everyTenth;
    const { report, error } = await engine.tryRun(job(100, { failure: { max_failed_rows: 9 } }));
    expect(error).toMatchObject({ code: "TOO_MANY_FAILED_ROWS", message: expect.stringContaining("no 3") });
    expect(error?.message).toContain(report.dead_letter?.path);
    expect(report.ledger).toEqual({ input: 100, scored: 90, dead_lettered: 10, skipped: 0 });
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("are counted against a ratio of the input too", async () => {
    answer = everyTenth;
    expect((await engine.tryRun(job(100, { failure: { max_failed_rows: 0.1 } }))).report.status).toBe(
      "succeeded_with_dead_letters",
    );
    expect((await engine.tryRun(job(100, { failure: { max_failed_rows: 0.09 } }))).report.status).toBe("failed");
  });

  it("by a wrong number of predictions cost their own line and no other row", async () => {
    answer = ({ instances }, line) =>
      JSON.stringify({ predictions: (line === 2 ? instances.slice(1) : instances).map(({ n }) => Number(n) * 2) });
    const run = await engine.run(job(50, { failure: { max_failed_rows: 10 } }));
    expect(run.ledger.deadLettered).toBe(10);
    const rows = await table();
    expect(rows.map(({ n }) => Number(n))).toEqual([
      ...Array(20).keys(),
      ...Array.from({ length: 20 }, (_, index) => 30 + index),
    ]);
    expect(rows.filter(({ n, prediction }) => Number(prediction) !== Number(n) * 2)).toEqual([]);
    const [letter] = await query(
      `select _error_code, _error_message from read_parquet('${run.deadLetter?.path}/*.parquet') limit 1`,
    );
    expect(letter?._error_code).toBe("PREDICTION_COUNT_MISMATCH");
    expect(letter?._error_message).toMatch(/Shard 0, line 2: 9 predictions for 10 rows/);
  });

  it("stop a run early that can only fail", async () => {
    let lines = 0;
    answer = () => {
      lines += 1;
      return JSON.stringify({ error: "out of order" });
    };
    const { error } = await engine.tryRun(job(20_000, { requests: { batch_size: 10, file_size_mb: 0.001 } }));
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(lines).toBeLessThan(2000);
  });
});

describe("a row too large for any request", () => {
  const source = {
    kind: "sql",
    tables: {},
    sql: "select n, n % 3 as part, if(n = 7, repeat('x', 5000), 'short') as note from range(20) t(n)",
  } as const;
  const large = (oversized_rows: "fail" | "dead_letter" | "skip"): JobInput =>
    job(0, { source, model: {}, backend: { kind: "narrow" }, failure: { oversized_rows, max_failed_rows: 1 } });

  it("fails the run by default, named by its position and bytes", async () => {
    const { error } = await engine.tryRun(large("fail"));
    expect(error).toMatchObject({ code: "ROW_TOO_LARGE", message: expect.stringMatching(/Row 7 .*bytes/) });
  });

  it("is dead-lettered by policy", async () => {
    const run = await engine.run(large("dead_letter"));
    expect(run.ledger).toEqual({ input: 20, scored: 19, deadLettered: 1, skipped: 0 });
    expect(await query(`select n, _error_code from read_parquet('${run.deadLetter?.path}/*.parquet')`)).toEqual([
      { n: "7", _error_code: "ROW_TOO_LARGE" },
    ]);
  });

  it("is skipped and counted by policy", async () => {
    const run = await engine.run(large("skip"));
    expect(run.status).toBe("succeeded");
    expect(run.ledger).toEqual({ input: 20, scored: 19, deadLettered: 0, skipped: 1 });
  });

  it("leaves no dead letter if it is skipped", async () => {
    const run = await engine.run(large("skip"));
    expect(run.deadLetter).toBeNull();
    expect(readdirSync(join(workspace, "runs", run.runId, "dead-letter"))).toEqual([]);
  });
});

describe("a partition value that is too long for a folder's name", () => {
  const source = (value: string) =>
    ({ kind: "sql", tables: {}, sql: `select n, if(n = 7, ${value}, 'short') as part from range(20) t(n)` }) as const;
  const long = (value: string): JobInput =>
    job(0, { source: source(value), output: { path: join(folder, "out"), partition_by: ["part"] } });

  it.each([
    ["in its bytes", "repeat('ü', 126)", "üüüü"],
    ["when it is escaped", "repeat('a/', 63)", "a/a/a/"],
  ])("%s is rejected before anything is scored", async (_, value, beginning) => {
    const { error, report } = await engine.tryRun(long(value));
    expect(error).toMatchObject({
      code: "PARTITION_TOO_LONG",
      message: expect.stringMatching(new RegExp(`value of part.*"${beginning}.* 257 bytes`)),
    });
    expect(report.requests).toBe(0);
  });

  it("is written if it just fits", async () => {
    const { output } = await engine.run(long("repeat('ü', 125)"));
    expect(output.partitions).toContain(`part=${"ü".repeat(125)}`);
  });
});

describe("a row with a value that may not be sent", () => {
  const source = {
    kind: "sql",
    tables: {},
    sql: "select n, n % 3 as part, if(n in (3, 7), 'NaN'::double, n) as x, 'short' as note from range(20) t(n)",
  } as const;
  const strict = (max_failed_rows: number): JobInput =>
    job(0, { source, model: {}, requests: { non_finite: "error", batch_size: 5 }, failure: { max_failed_rows } });

  it("is a dead letter, and the others are published", async () => {
    const run = await engine.run(strict(2));
    expect(run.ledger).toEqual({ input: 20, scored: 18, deadLettered: 2, skipped: 0 });
    expect(await query(`select n, _error_code from read_parquet('${run.deadLetter?.path}/*.parquet')`)).toEqual([
      { n: "3", _error_code: "VALUE_UNSENDABLE" },
      { n: "7", _error_code: "VALUE_UNSENDABLE" },
    ]);
  });

  it("fails the run beyond what the job allows, named by its position and column", async () => {
    const { error } = await engine.tryRun(strict(1));
    expect(error).toMatchObject({
      code: "TOO_MANY_FAILED_ROWS",
      message: expect.stringMatching(/2 rows of 20 .* Row 3 of the source .*column "x"/),
    });
  });

  it("is seen by check and counted by plan, before anything is spent", async () => {
    const { ok, items } = await engine.check(strict(0));
    expect(ok).toBe(false);
    expect(items.map(({ detail }) => detail).join("\n")).toMatch(/Row 3 of the source .*\(and 1 more row/);
    expect((await engine.plan(strict(0))).unsendable_in_sample).toBe(2);
  });
});

describe("what cannot be published", () => {
  it("is a prediction column that the table has already, with the fix", async () => {
    answer = predict(() => ({ note: 1 }));
    const { error } = await engine.tryRun(job(5));
    expect(error).toMatchObject({ code: "COLUMN_COLLISION", message: expect.stringContaining("output.prefix") });
    const run = await engine.run(job(5, { output: { path: join(folder, "out"), prefix: "model_" } }));
    expect(run.output.rows).toBe(5);
    expect(Object.keys((await table())[0] as object)).toContain("model_note");
  });

  it("is a stated prediction that meets a column of the table: rejected before anything is scored", async () => {
    let asked = 0;
    answer = (request) => {
      asked += 1;
      return predict(() => ({ note: 1 }))(request, 0, 0);
    };
    const contract = { path: join(folder, "out"), predictions: { note: "int64" } };
    const { error } = await engine.tryRun(job(5, { output: contract }));
    expect(error).toMatchObject({ code: "COLUMN_COLLISION", facts: { option: "output.prefix" } });
    expect(asked).toBe(0);
  });

  it("is a partition by a float: rejected before anything is scored", async () => {
    let asked = 0;
    answer = (request) => {
      asked += 1;
      return predict(() => 0)(request, 0, 0);
    };
    const source = { kind: "sql", tables: {}, sql: "select n, n / 2 as half from range(5) t(n)" } as const;
    const { error } = await engine.tryRun(
      job(0, { source, output: { path: join(folder, "out"), partition_by: ["half"] } }),
    );
    expect(error).toMatchObject({ code: "COLUMN_TYPE_UNSUPPORTED", message: expect.stringContaining('"half"') });
    expect(asked).toBe(0);
  });

  it("is a mixture of objects and plain values", async () => {
    answer = predict(({ n }) => (n === 0 ? { score: 1 } : 1));
    expect((await engine.tryRun(job(50, { requests: { batch_size: 1, file_size_mb: 0.0001 } }))).error?.code).toBe(
      "PREDICTIONS_INCOMPATIBLE",
    );
  });

  it("is a value that breaks the contract: shard, column and the first value are named", async () => {
    answer = predict(({ n }) => (n === 12 ? 4.7 : 4));
    const { error } = await engine.tryRun(
      job(20, { output: { path: join(folder, "out"), predictions: { prediction: "int64" } } }),
    );
    expect(error?.code).toBe("PREDICTIONS_CONTRACT_VIOLATED");
    expect(error?.message).toMatch(/"prediction" is 4\.7, and output\.predictions states int64/);
  });

  it("is an answer file with a line too few: no answer of it can be trusted", async () => {
    const short = functionBackend("short", (_request, line) =>
      line === 1 ? '{"predictions":[1]}\n{"predictions":[1]}' : '{"predictions":[1]}',
    );
    const own = await createScoreframe({ workspace: join(folder, "workspace"), backends: [short] });
    try {
      const { error } = await own.tryRun(job(5, { backend: { kind: "short" }, requests: { batch_size: 1 } }));
      expect(error).toMatchObject({
        code: "LINE_COUNT_MISMATCH",
        facts: { shard: 0, details: { requestLines: 5, answerLines: 6 } },
      });
    } finally {
      await own.close();
    }
  });
});

describe("a run that is stopped", () => {
  it("publishes nothing, says so, and frees the output for the next", async () => {
    const controller = new AbortController();
    answer = ({ instances }, _line, shard) => {
      if (shard === 3) controller.abort();
      return JSON.stringify({ predictions: instances.map(({ n }) => Number(n) * 2) });
    };
    const { report, error } = await engine.tryRun(job(20_000, { requests: { batch_size: 100, file_size_mb: 0.01 } }), {
      signal: controller.signal,
    });
    expect(report.status).toBe("incomplete");
    expect(error?.code).toBe("RUN_CANCELLED");
    expect(error?.message).toContain("what was written of its features, requests, answers and records is kept in");
    expect(existsSync(join(folder, "out", "_manifest.json"))).toBe(false);
    await engine.run(job(10));
    expect(await table()).toHaveLength(10);
  });
});

describe("two runs into one output", () => {
  it("do not mix: the second is rejected with the first one's id", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    answer = async ({ instances }) => {
      begun();
      await held;
      return JSON.stringify({ predictions: instances.map(({ n }) => Number(n) * 2) });
    };
    const first = engine.run(job(10), { runId: "first-run" });
    await started;
    const { error } = await engine.tryRun(job(10));
    release();
    expect(error).toMatchObject({ code: "OUTPUT_BUSY", message: expect.stringContaining("first-run") });
    expect((await first).status).toBe("succeeded");
  });
});

describe("the records of a run", () => {
  it("are one small file per shard, without secrets", async () => {
    const secret = "s3cr3t-token-value";
    const headers = { authorization: "Bearer $" + "{TOKEN}" };
    const changes = { backend: { kind: "function", headers }, requests: { batch_size: 5, file_size_mb: 0.001 } };
    const { report } = await engine.run(job(500, changes), { env: { TOKEN: secret }, runId: "recorded" });
    const root = join(workspace, "runs", "recorded");
    expect(readdirSync(join(root, "ledger"))).toHaveLength(report.shards.total);
    const records = ["run.json", "job.json", ...readdirSync(join(root, "ledger")).map((name) => join("ledger", name))];
    for (const record of records) expect(await readFile(join(root, record), "utf8")).not.toContain(secret);
  });

  it("keep requests, answers and features, named by the digest of the request, and no scratch", async () => {
    await engine.run(job(20), { runId: "kept" });
    const root = join(workspace, "runs", "kept");
    const [request] = readdirSync(join(root, "requests"));
    expect(request).toMatch(/^shard-00000-[0-9a-f]{16}\.jsonl$/);
    expect(readdirSync(join(root, "responses"))).toEqual([`${request}.out`]);
    expect(readdirSync(join(root, "features"))).toEqual(["shard-00000.parquet"]);
    expect(readdirSync(root).sort()).toEqual([
      "dead-letter",
      "features",
      "job.json",
      "ledger",
      "logs",
      "requests",
      "responses",
      "run.json",
    ]);
  });

  it.each(["../elsewhere", "a/b", "a\\b", "..", "_hidden", "", "a b", "a\nb", "x".repeat(129)])(
    "stay in the workspace: %j is no id",
    async (runId) => {
      const before = readdirSync(join(workspace, "runs"));
      await expect(engine.run(job(1), { runId })).rejects.toMatchObject({
        code: "USAGE",
        message: expect.stringContaining("cannot be the id of a run"),
      });
      expect(readdirSync(join(workspace, "runs"))).toEqual(before);
    },
  );

  it("say how the id of a scheduler may be written", async () => {
    const runId = "scheduled__2024-05-01T00:00:00+00:00";
    await expect(engine.run(job(1), { runId })).rejects.toThrow("(scheduled__2024-05-01T00-00-00-00-00)");
  });

  it("are found again by id, and a wrong id lists those that there are", async () => {
    await engine.run(job(1), { runId: "found" });
    expect((await engine.runReport("found")).status).toBe("succeeded");
    expect((await engine.runs()).map(({ run_id: id }) => id)).toContain("found");
    await expect(engine.runReport("lost")).rejects.toMatchObject({
      code: "RUN_NOT_FOUND",
      message: expect.stringContaining("found"),
    });
  });
});

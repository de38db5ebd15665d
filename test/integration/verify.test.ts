import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Engine, JobInput, RunReport } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

type Row = { readonly x: number };
type Scorer = (rows: readonly Row[], request: number) => readonly unknown[];

const double = ({ x }: Row): number => x * 2.5;
const mean = (rows: readonly Row[]): number => rows.reduce((sum, { x }) => sum + x, 0) / rows.length;

/** Servers that give rows other predictions than their own, with counts that are right. */
const WRONG: Readonly<Record<string, Scorer>> = {
  "reverses a batch": (rows) => rows.map(double).reverse(),
  "sorts its predictions": (rows) => rows.map(double).sort((a, b) => b - a),
  "answers the first row only": (rows) => rows.map(() => double(rows[0] as Row)),
  "normalises over the batch": (rows) => rows.map(({ x }) => x - mean(rows)),
  "divides by a sum over the batch": (rows) => rows.map(({ x }) => x / (mean(rows) * rows.length)),
  "reverses lists of two outputs": (rows) => rows.map(({ x }) => [x * 2.5, x * 3.5]).reverse(),
  "reverses objects": (rows) =>
    rows.map(({ x }) => ({ label: `l${x}`, scores: { a: x / 3, b: [x, x / 7] } })).reverse(),
};

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-verify-"));
  engine = await createScoreframe({
    workspace: join(folder, "runs"),
    backends: [
      functionBackend("charged", ({ instances }) => JSON.stringify({ predictions: instances.map(() => 1) }).toString()),
    ],
  });
  return async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  };
});

/** A server that answers the rows of each request, and a count of its requests. */
async function startServer(score: Scorer, status = (_: readonly Row[], __: number): number => 200) {
  const sizes: number[] = [];
  const server = createServer(async (request, response) => {
    const { instances } = JSON.parse(await text(request)) as { readonly instances: readonly Row[] };
    sizes.push(instances.length);
    response.writeHead(status(instances, sizes.length), { "content-type": "application/json" });
    response.end(JSON.stringify({ predictions: score(instances, sizes.length) }).replaceAll('"NaN"', "NaN"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sizes };
}

/** 2,000 rows in ten shards of requests of 50 rows. */
function job(name: string, url: string, more: Partial<JobInput> = {}): JobInput {
  return {
    name: "verify",
    source: { kind: "sql", sql: "select 'key ' || i as id, i::double as x from range(1, 2001) t(i)" },
    model: { features: ["x"], passthrough: ["id"] },
    requests: { batch_size: 50, file_size_mb: 0.003 },
    backend: { kind: "http", url, concurrency: 2 },
    output: { path: join(folder, name) },
    ...more,
  };
}

async function warningsOf(
  job: JobInput,
  runId?: string,
): Promise<{ report: RunReport; code: string | undefined; warnings: string[] }> {
  const warnings: string[] = [];
  const onEvent = (event: { readonly type: string; readonly message?: string }): void => {
    if (event.type === "warning") warnings.push(event.message ?? "");
  };
  const { report, error } = await engine.tryRun(job, { onEvent, ...(runId === undefined ? {} : { runId }) });
  return { report, code: error?.code, warnings };
}

const published = (name: string, value = "sum(prediction)"): Promise<unknown> =>
  query(`select count(*)::int as n, ${value} as total from '${folder}/${name}/*.parquet'`);

describe("a run verifies rows before it publishes", () => {
  it("and publishes if they get the same predictions alone, which its report says", async () => {
    const { url, sizes } = await startServer((rows) => rows.map(double));
    const { report, warnings } = await warningsOf(job("right", url));
    expect(warnings).toEqual([]);
    expect(report).toMatchObject({
      status: "succeeded",
      shards: { total: 10 },
      verification: { rows: 20, different: 0, failed_alone: 0, deterministic: null, skipped: null },
    });
    expect(sizes.filter((size) => size === 1)).toHaveLength(20);
    expect(await published("right")).toEqual([{ n: 2000, total: 2.5 * 1000 * 2001 }]);
    const stored = (await engine.runs()).find(({ run_id }) => run_id === report.run_id);
    expect(stored?.verification).toEqual(report.verification);
  });

  it.each([
    ["response.key", { key: "id" }, (row: Row) => ({ id: (row as Row & { id: string }).id, score: double(row) })],
    ["response.index", { index: "index" }, (row: Row, index: number) => ({ index, score: double(row) })],
  ] as const)("and pairs them by %s as in the run", async (name, response, predict) => {
    const { url } = await startServer((rows) => rows.map((row, index) => predict(row, index)).reverse());
    const more = { model: { features: ["id", "x"] }, response };
    const { report, warnings } = await warningsOf(job(name, url, more));
    expect(warnings).toEqual([]);
    expect(report).toMatchObject({ status: "succeeded", verification: { rows: 20, different: 0, failed_alone: 0 } });
    const { ok, items } = await engine.check(job(name, url, more));
    expect(ok).toBe(true);
    expect(items).toContainEqual(expect.objectContaining({ detail: expect.stringContaining("20 rows got the same") }));
  });

  it.each(Object.entries(WRONG))("and publishes nothing if the server %s", async (name, score) => {
    const good = await startServer((rows) => score(rows.slice(0, 0), 0).concat(rows.map((row) => score([row], 0)[0])));
    await engine.run(job(name, good.url));
    const before = await published(name, "min(id)");
    const { url } = await startServer(score);
    const { report, error } = await engine.tryRun(job(name, url));
    expect(error).toMatchObject({ code: "PREDICTIONS_NOT_REPRODUCED" });
    expect(report).toMatchObject({ status: "failed", output: null, verification: { rows: 20, deterministic: true } });
    expect(report.verification?.different).toBeGreaterThan(10);
    expect(await published(name, "min(id)")).toEqual(before);
  });

  it("and names the row, its place in the source, and both predictions", async () => {
    const { url } = await startServer((rows) => rows.map(double).reverse());
    const { error } = await engine.tryRun(job("named", url));
    const [first] = (error?.facts.details?.rows ?? []) as {
      position: number;
      identity: { id: string };
      alone: string;
    }[];
    const { position, identity, alone } = first as NonNullable<typeof first>;
    expect(identity.id).toBe(`key ${position + 1}`);
    expect(Number(alone)).toBe((position + 1) * 2.5);
    expect(error?.message).toContain(
      `Row ${position} of the source (0-based), {"id":"key ${position + 1}"}, was answered with `,
    );
    expect(error?.message).toContain(`with ${(position + 1) * 2.5} alone`);
    expect(error?.message).toContain("requests.batch_size");
  });

  it("and chooses rows of every shard at several places of their requests, the same for the same run id", async () => {
    const wrong = await startServer((rows) => rows.map(double).reverse());
    type Chosen = { readonly shard: number; readonly batchIndex: number; readonly position: number };
    const choose = async (runId: string): Promise<readonly Chosen[]> => {
      const { error } = await engine.tryRun(job("chosen", wrong.url), { runId });
      return (error?.facts.details?.rows ?? []) as Chosen[];
    };
    const rows = await choose("first");
    expect(new Set(rows.map(({ shard }) => shard)).size).toBe(10);
    expect(new Set(rows.map(({ batchIndex }) => batchIndex)).size).toBeGreaterThan(8);
    const positions = rows.map(({ position }) => position);
    expect((await choose("second")).map(({ position }) => position)).not.toEqual(positions);
    expect((await choose("first")).map(({ position }) => position)).toEqual(positions);
  });

  it("and warns of a model that answers one request in several ways, and publishes", async () => {
    const { url } = await startServer((rows) => rows.map(({ x }) => x + Math.random()));
    const { report, warnings } = await warningsOf(job("random", url));
    expect(report).toMatchObject({ status: "succeeded", verification: { deterministic: false } });
    expect(warnings).toEqual([expect.stringContaining("The model is not deterministic: the same request for row ")]);
  });

  it("and says that the server confuses requests that it has at the same time", async () => {
    type Held = { readonly row: Row; readonly answer: (row: Row) => void };
    let held: Held | null = null;
    const server = createServer(async (request, response) => {
      const { instances } = JSON.parse(await text(request)) as { readonly instances: readonly [Row] };
      const answer = (...rows: readonly Row[]): void =>
        void response.end(JSON.stringify({ predictions: rows.map(double) }));
      if (instances.length > 1) return answer(...instances);
      const [row] = instances;
      if (held !== null) {
        // Two requests that are there together get each other's prediction.
        const other: Held = held;
        held = null;
        other.answer(row);
        return answer(other.row);
      }
      const mine = { row, answer };
      held = mine;
      setTimeout(() => {
        if (held !== mine) return;
        held = null;
        answer(row);
      }, 100);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { error } = await engine.tryRun(job("confused", url));
    expect(error).toMatchObject({
      code: "PREDICTIONS_NOT_REPRODUCED",
      message: expect.stringContaining("confuses requests that it has at the same time"),
    });
  });

  it("and warns of rows that get no prediction alone", async () => {
    const { url } = await startServer(
      (rows) => rows.map(double),
      (rows) => (rows.length === 1 ? 400 : 200),
    );
    const { report, warnings } = await warningsOf(job("alone", url));
    expect(report).toMatchObject({ status: "succeeded", verification: { rows: 20, failed_alone: 20, different: 0 } });
    expect(warnings).toEqual([expect.stringContaining("20 of 20 rows that were sent again got no prediction alone")]);
  });

  it("and compares such rows beside others: one row has no deviation to be divided by", async () => {
    const standardised: Scorer = (rows) => {
      const middle = mean(rows);
      const deviation = Math.sqrt(mean(rows.map(({ x }) => ({ x: (x - middle) ** 2 }))));
      return rows.map(({ x }) => (deviation === 0 ? "NaN" : (x - middle) / deviation));
    };
    const { url } = await startServer(standardised);
    const { error } = await engine.tryRun(job("standardised", url));
    expect(error).toMatchObject({
      code: "PREDICTIONS_NOT_REPRODUCED",
      message: expect.stringContaining("that were sent again, with other rows than before"),
    });
  });

  it("and waits for a server that is away at the end", async () => {
    const { url } = await startServer(
      (rows) => rows.map(double),
      (rows, request) => (rows.length === 1 && request < 44 ? 503 : 200),
    );
    const { report } = await warningsOf(job("away", url));
    expect(report).toMatchObject({ status: "succeeded", verification: { rows: 20, failed_alone: 0, different: 0 } });
  });

  it("as many as the job says, all rows if there are fewer, and none that failed", async () => {
    const { url } = await startServer((rows) => rows.map(({ x }) => (x % 2 === 0 ? { error: "even" } : x)));
    const few = { sql: "select i::double as x from range(30) t(i)", kind: "sql" } as const;
    const more = { source: few, model: {}, failure: { max_failed_rows: 0.9 } };
    const { report } = await warningsOf(job("few", url, more));
    expect(report.verification).toMatchObject({ rows: 15, different: 0, failed_alone: 0 });
    const three = await warningsOf(job("three", url, { ...more, verify: { rows: 3 } }));
    expect(three.report.verification).toMatchObject({ rows: 3, different: 0 });
  });

  it.each([false, { rows: 0 }])("unless the job says verify: %j", async (verify) => {
    const { url, sizes } = await startServer((rows) => rows.map(double).reverse());
    const { report } = await warningsOf(job("off", url, { verify }));
    expect(report).toMatchObject({
      status: "succeeded",
      verification: { rows: 0, skipped: "The job turns it off (verify)." },
    });
    expect(sizes).toHaveLength(40);
  });

  it("unless the backend is not asked again, because that costs", async () => {
    const { report } = await warningsOf(job("charged", "", { backend: { kind: "charged" } }));
    expect(report.verification).toMatchObject({ rows: 0, skipped: expect.stringContaining("costs time or money") });
  });

  it.each([
    ["single precision", (x: number, alone: boolean) => Math.fround(x / 3) * (alone ? 1 + 3e-5 : 1), undefined, true],
    ["double precision", (x: number, alone: boolean) => (x / 3) * (alone ? 1 + 3e-5 : 1), undefined, false],
    ["double precision, a little", (x: number, alone: boolean) => (x / 3) * (alone ? 1 + 3e-8 : 1), undefined, true],
    ["any, if the job says so", (x: number, alone: boolean) => (x / 3) * (alone ? 1.01 : 1), 0.02, true],
    ["whole numbers", (x: number, alone: boolean) => Math.round(x) * 1000 + (alone ? 1 : 0), 0.02, false],
    ["noise around 0", (x: number, alone: boolean) => (x % 10 > 0 ? x / 3 : alone ? 1e-9 : -1e-9), undefined, true],
  ] as const)("with a tolerance for %s", async (name, predict, tolerance, passes) => {
    const { url } = await startServer((rows) =>
      rows.map(({ x }) =>
        name === "single precision" ? Math.fround(predict(x, rows.length === 1)) : predict(x, rows.length === 1),
      ),
    );
    const verify = tolerance === undefined ? {} : { verify: { tolerance } };
    // The rows follow from the id.
    const { code } = await warningsOf(job(`tolerance-${name}`, url, verify), name.replace(/\W+/g, "-"));
    expect(code).toBe(passes ? undefined : "PREDICTIONS_NOT_REPRODUCED");
  });
});

describe("check asks its sample again", () => {
  it("and says that each row gets the same prediction in another order and alone", async () => {
    const { url, sizes } = await startServer((rows) => rows.map(double));
    const { ok, items } = await engine.check(job("right", url));
    expect(ok).toBe(true);
    const detail = "20 rows got the same predictions in reverse order, alone, in requests of 7 rows";
    expect(items).toContainEqual({ name: "predictions", status: "ok", detail });
    // The sample, the sample in reverse, each row alone, and three requests of 7 rows at most.
    expect(sizes.toSorted((a, b) => b - a)).toEqual([20, 20, 7, 7, 6, ...Array(20).fill(1)]);
  });

  it.each(Object.entries(WRONG))("and fails if the server %s", async (_, score) => {
    const { url } = await startServer(score);
    const { ok, items } = await engine.check(job("wrong", url));
    expect(ok).toBe(false);
    const found = items.find(({ name, status }) => name === "predictions" && status === "failed");
    expect(found?.detail).toMatch(
      /^(1[0-9]|20) of 20 rows got another prediction in another order or in requests of another size/,
    );
    expect(found?.detail).toContain("requests.batch_size");
  });

  it.each([
    ["reverses a batch", "They are in another order than the rows: row 19 got what row 0 gets alone."],
    ["answers the first row only", "All rows of a request got the prediction of one of them."],
    ["divides by a sum over the batch", "They depend on the other rows of the request."],
  ])("and says what it looks like: %s", async (name, pattern) => {
    const { url } = await startServer(WRONG[name] as Scorer);
    const { items } = await engine.check(job("pattern", url));
    const found = items.find(({ name: item, status }) => item === "predictions" && status === "failed");
    expect(found?.detail).toContain(pattern);
    if (name === "reverses a batch")
      expect(found?.detail).toContain(
        'row 0 of the source (0-based), {"id":"key 1"}: 50.0 in a request of 20 rows, 50 in reverse order, 2.5 alone, 17.5 in requests of 7 rows',
      );
  });

  it("and warns of a model that is random, and of rows that fail alone", async () => {
    const random = await startServer((rows) => rows.map(({ x }) => x + Math.random()));
    const first = await engine.check(job("random", random.url));
    expect(first.ok).toBe(true);
    const warning = { name: "predictions", status: "warning" };
    expect(first.items).toContainEqual({
      ...warning,
      detail: expect.stringContaining("The model is not deterministic"),
    });
    const pairs = await startServer(
      (rows) => rows.map(double),
      (rows) => (rows.length === 1 ? 400 : 200),
    );
    const second = await engine.check(job("pairs", pairs.url));
    expect(second.ok).toBe(true);
    expect(second.items).toContainEqual({
      ...warning,
      detail: expect.stringContaining("20 of 20 rows got no prediction alone"),
    });
  });

  it("and leaves out rows that failed", async () => {
    const { url } = await startServer((rows) => rows.map(({ x }) => (x === 3 ? { error: "no" } : x)));
    const { items } = await engine.check(job("failed", url));
    expect(items).toContainEqual({
      name: "predictions",
      status: "ok",
      detail: expect.stringContaining("19 rows got the same predictions"),
    });
  });

  it("but not if the job says verify: false", async () => {
    const { url, sizes } = await startServer((rows) => rows.map(double).reverse());
    expect((await engine.check(job("off", url, { verify: false }))).ok).toBe(true);
    expect(sizes).toEqual([20]);
  });
});

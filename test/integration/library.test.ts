import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pl from "nodejs-polars";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

/** Answers twice the number. */
const double = functionBackend("double", ({ instances }) =>
  JSON.stringify({
    predictions: instances.map(({ n }) => (typeof n === "number" ? n * 2 : { error: "n is no number" })),
  }),
);

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-library-"));
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [double] });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const backend = { kind: "double" };
const features = ["n"];

function job(name: string): JobInput {
  return { name, source: { kind: "rows" }, model: { features }, backend, output: { path: join(folder, name) } };
}

const table = (name: string) => query(`select * from read_parquet('${folder}/${name}/*.parquet') order by n`);

async function* numbers(count: number) {
  for (let n = 0; n < count; n += 1) yield { n };
}

it("a run that replaces a table without partitions says what it replaced", async () => {
  const notes: string[] = [];
  const onEvent = (event: RunEvent): void => void (event.type === "note" && notes.push(event.message));
  const first = await engine.run(job("replaced"), { rows: [{ n: 1 }, { n: 2 }], onEvent });
  expect(notes).toEqual([]);
  await engine.run(job("replaced"), { rows: [{ n: 3 }], onEvent });
  const { runId } = first;
  const path = join(folder, "replaced");
  expect(notes).toEqual([
    `The 2 rows of run ${runId} in ${path} were replaced: the table has no partitions (output.partition_by).`,
  ]);
});

it("a file of rows is read as its job declares, like a table", async () => {
  const path = join(folder, "scores.csv");
  await writeFile(path, "7;1,5\n8;x\n");
  const source = {
    kind: "rows",
    path,
    header: false,
    delimiter: ";",
    nulls: ["x"],
    types: { column0: "SMALLINT" },
  } as const;
  const declared = { ...job("declared"), source, model: { features: ["column0"] } };
  const { items } = await engine.check(declared);
  expect(items.find(({ name }) => name === "source")?.detail).toBe("2 columns: column0 SMALLINT, column1 VARCHAR");
});

describe("a Polars frame as rows", () => {
  const frame = pl
    .DataFrame({ n: [1, 2], name: ["a", "b"] })
    .withColumns(pl.lit(9007199254740993n).cast(pl.Int64).alias("id"));

  it("is published with its own types", async () => {
    await engine.run(job("frame"), { rows: frame });
    expect(await table("frame")).toEqual([
      { n: 1, name: "a", id: "9007199254740993", prediction: "2" },
      { n: 2, name: "b", id: "9007199254740993", prediction: "4" },
    ]);
  });

  it("may have columns that are named like methods of a frame", async () => {
    const rows = pl.DataFrame({ n: [1], height: [2], lazy: [3], limit: [4], columns: [5], schema: [6], select: [7] });
    const scored = await engine.score(rows, backend, { features });
    expect(scored.toRecords()).toEqual([
      { n: 1, height: 2, lazy: 3, limit: 4, columns: 5, schema: 6, select: 7, prediction: 2 },
    ]);
  });

  it("may be a slice of another one, with nested values", async () => {
    const whole = pl.DataFrame({ n: [1, 2, 3], list: [[1], [2, 3], []], struct: [{ a: 1 }, { a: 2 }, { a: 3 }] });
    await engine.run(job("slice"), { rows: whole.slice(1, 1) });
    expect(await table("slice")).toEqual([{ n: 2, list: [2, 3], struct: { a: 2 }, prediction: "4" }]);
  });

  it("may have no rows: its columns are known all the same", async () => {
    const scored = await engine.score(frame.slice(0, 0), backend, { features });
    expect(scored.height).toBe(0);
  });

  it("is planned and checked, too", async () => {
    expect((await engine.plan(job("planned"), { rows: frame })).rows).toBe(2);
    expect(await engine.check(job("checked"), { rows: frame })).toMatchObject({ ok: true, sample: { scored: 2 } });
  });

  it("leaves no file behind", async () => {
    await engine.score(frame, backend, { features });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("scoreframe-frame-"))).toEqual([]);
  });

  it.each([
    ["was not collected", pl.DataFrame({ n: [1] }).lazy(), "collect it first"],
    ["has no columns", pl.DataFrame({}), "no columns"],
    ["hides its own writer", pl.DataFrame({ writeParquet: [1] }), "rename the column"],
  ])("is rejected if it %s", async (_, rows, fix) => {
    await expect(engine.score(rows as never, backend)).rejects.toMatchObject({
      code: "ROWS_INVALID",
      message: expect.stringContaining(fix),
    });
  });
});

describe("rows that a program hands over", () => {
  it.each([
    ["a promise", Promise.resolve([{ n: 1 }]), "await it first"],
    ["an object", { n: 1 }, "an object that holds no rows"],
    ["a number", 7, "a number"],
  ])("are rejected if they are %s", async (_, rows, word) => {
    await expect(engine.run(job("refused"), { rows: rows as never })).rejects.toMatchObject({
      code: "ROWS_INVALID",
      message: expect.stringContaining(word),
    });
  });

  it("are scored as an iterable gives them, in its order", async () => {
    const scored = await engine.score(numbers(1200), backend);
    expect(scored.getColumn("prediction").toArray()).toEqual(Array.from({ length: 1200 }, (_, n) => n * 2));
  });

  it("can be planned and checked before a run, as an array", async () => {
    const rows = [{ n: 1 }, { n: 2 }];
    expect((await engine.plan(job("array"), { rows })).requests).toBe(1);
    expect((await engine.check(job("array"), { rows })).ok).toBe(true);
    expect((await engine.run(job("array"), { rows })).ledger.scored).toBe(2);
  });

  it("fail a score at once as a whole where one of them fails, with its cause", async () => {
    await expect(engine.score([{ n: 1 }, { n: null }], backend)).rejects.toMatchObject({
      code: "TOO_MANY_FAILED_ROWS",
      message: "1 row could not be scored. The first: n is no number",
    });
  });
});

describe("a stopped run", () => {
  it("leaves the table of the run before as it was", async () => {
    await engine.run(job("stopped"), { rows: [{ n: 1 }] });
    const stop = new AbortController();
    const rerun = engine.run(job("stopped"), {
      rows: numbers(100_000),
      signal: stop.signal,
      onProgress: ({ scoredRows }) => scoredRows > 0 && stop.abort(),
    });
    await expect(rerun).rejects.toMatchObject({ code: "RUN_CANCELLED" });
    expect(await table("stopped")).toEqual([{ n: "1", prediction: "2" }]);
  });

  it("ends with the engine that is closed", async () => {
    const other = await createScoreframe({ workspace: join(folder, "other"), backends: [double] });
    const running = other.run(job("closed"), { rows: numbers(1_000_000), onProgress: () => void other.close() });
    await expect(running).rejects.toMatchObject({ code: "RUN_CANCELLED" });
    expect(existsSync(join(folder, "closed"))).toBe(false);
  });
});

it("a program that hands over no frame never loads Polars in its own thread", async () => {
  const library = new URL("../../src/index.ts", import.meta.url).href;
  const model = fileURLToPath(new URL("../../examples/models/late-flights.ts", import.meta.url));
  const program = `
    import { createRequire } from "node:module";
    const { createScoreframe } = await import(${JSON.stringify(library)});
    const engine = await createScoreframe({ workspace: "runs" });
    await engine.run(
      { name: "light", source: { kind: "rows" }, backend: { kind: "local", model: ${JSON.stringify(model)} }, output: { path: "light" } },
      { rows: [{ delay: 1, distance: 2 }] },
    );
    await engine.close();
    console.log(Object.keys(createRequire(${JSON.stringify(library)}).cache).filter((path) => path.includes("nodejs-polars")).length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    cwd: folder,
  });
  expect(stdout).toBe("0\n");
});

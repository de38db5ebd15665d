import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

/** Methods of frames and objects, patterns of the engine, its own names, and what SQL, JSON and file systems take for something else. */
const NAMES = [
  ...["lazy", "height", "columns", "select", "writeParquet", "__proto__", "constructor", "toString", "then"],
  ...[
    "*",
    "^a.*$",
    "^.*$",
    "c0",
    "p0",
    "k0",
    "text",
    "bytes",
    "line",
    "value",
    "number",
    "rows",
    "failure",
    "filler",
    "code",
  ],
  ...["row_id", "batch_index", "prediction", "predictions", "instances", "dataframe_split", "_error_code", "_row_id"],
  ...[
    "two words",
    " leading",
    "trailing ",
    " ",
    "UPPER",
    "a.b",
    "a,b",
    "it's",
    'say "hi"',
    "back\\slash",
    "null",
    "1",
    "-",
  ],
  ...[
    "tab\there",
    "line\nbreak",
    "naïve",
    "nai\u0308ve",
    "😀",
    "\u2028",
    "%2F",
    "a=b",
    "a/b",
    "{",
    "x".repeat(200),
    "x".repeat(400),
  ],
];
/** Those that no folder can be named after in a way that all readers understand. */
const NOT_IN_FOLDERS = NAMES.filter((name) => /["#%'*/:=?\\{[\]^\t\n]/.test(name) || name.length > 300);

type Row = Readonly<Record<string, unknown>>;

let predict: (row: Row) => unknown = () => 0;
let sent: readonly Row[] = [];
let engine: Engine;
let folder: string;
let tables = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-names-"));
  const backend = functionBackend("echo", ({ instances }) => {
    sent = instances;
    return `{"predictions":[${instances.map((row) => JSON.stringify(predict(row))).join(",")}]}`;
  });
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
});
beforeEach(() => {
  predict = () => 0;
  sent = [];
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Two rows with the keys 0 and 1; a column of each name holds `v0` and `v1`. */
const twoRows = (...names: string[]): string =>
  `select i::integer as "the key", ${names.map((name) => `'v' || i as ${quoted(name)}`).join(", ")} from range(2) r(i)`;

/** Scores the query's rows; resolves to the error, or the table. */
async function score(sql: string, changes: Partial<JobInput> = {}, output: Partial<JobInput["output"]> = {}) {
  tables += 1;
  const path = join(folder, `table-${tables}`);
  const job = { name: "names", source: { kind: "sql", sql }, backend: { kind: "echo" }, ...changes } as const;
  const { error } = await engine.tryRun({ ...job, output: { path, ...output } });
  return { error, table: `read_parquet('${path}/**/*.parquet', hive_partitioning = true)` };
}

/** The columns of these names whose values are not `<letter>0` and `<letter>1` in the order of the key. */
async function spoiled(table: string, names: readonly string[], letter = "v", pick = ""): Promise<unknown[]> {
  const values = names.map(
    (name, index) => `${quoted(name)}${pick === "" ? "" : `[${literal(name)}]${pick}`}::varchar as v${index}`,
  );
  const rows = await query(`select ${values.join(", ")} from ${table} order by "the key"`);
  return names.filter(
    (_name, index) => rows[0]?.[`v${index}`] !== `${letter}0` || rows[1]?.[`v${index}`] !== `${letter}1`,
  );
}

describe("columns, whatever their names,", () => {
  it("are sent and kept", async () => {
    const { error, table } = await score(twoRows(...NAMES), { model: { features: NAMES } }, { prefix: "predicted " });
    expect(error).toBeNull();
    expect(sent.map((row) => new Map(Object.entries(row)))).toEqual(
      ["v0", "v1"].map((value) => new Map(NAMES.map((name) => [name, value]))),
    );
    expect(await spoiled(table, NAMES)).toEqual([]);
  });

  it("are passed through", async () => {
    const output = { columns: "predictions", prefix: "predicted ", partition_by: ["the key"] } as const;
    const { error, table } = await score(twoRows(...NAMES), { model: { passthrough: NAMES } }, output as never);
    expect(error).toBeNull();
    expect(sent.map((row) => Object.keys(row))).toEqual([["the key"], ["the key"]]);
    expect(await spoiled(table, NAMES)).toEqual([]);
  });

  it("are predictions", async () => {
    predict = (row) => Object.fromEntries(NAMES.map((name) => [name, `p${row["the key"]}`]));
    const { error, table } = await score('select i as "the key" from range(2) r(i)');
    expect(error).toBeNull();
    expect(await spoiled(table, NAMES, "p")).toEqual([]);
  });

  it("are predictions that the contract states", async () => {
    // The reader of job files knows no key __proto__.
    const names = NAMES.filter((name) => name !== "__proto__");
    predict = (row) => Object.fromEntries(names.map((name) => [name, `p${row["the key"]}`]));
    const predictions = Object.fromEntries(names.map((name) => [name, "string"]));
    const { error, table } = await score('select i as "the key" from range(2) r(i)', {}, { predictions });
    expect(error).toBeNull();
    expect(await spoiled(table, names, "p")).toEqual([]);
  });

  it("are fields of nested predictions, also beside a row that failed", async () => {
    predict = ({ "the key": key }) =>
      key === 2
        ? { error: "no" }
        : Object.fromEntries(NAMES.map((name) => [name, Object.fromEntries([[name, [`p${key}`]]])]));
    const sql = 'select i as "the key" from range(3) r(i)';
    const { error, table } = await score(sql, { failure: { max_failed_rows: 1 } });
    expect(error).toBeNull();
    expect(await spoiled(table, NAMES, "p", "[1]")).toEqual([]);
  });
});

describe("a column", () => {
  it.each(NAMES.filter((name) => !NOT_IN_FOLDERS.includes(name)))("names partitions: %j", async (name) => {
    const { error, table } = await score(twoRows(name), {}, { prefix: "predicted ", partition_by: [name] });
    expect(error).toBeNull();
    expect(await spoiled(table, [name])).toEqual([]);
  });

  it.each([...NOT_IN_FOLDERS, ".hidden"])("is rejected for partitions before anything is scored: %j", async (name) => {
    const { error } = await score(twoRows(name), {}, { partition_by: [name] });
    expect(error).toMatchObject({ code: "JOB_INVALID", facts: { option: "output.partition_by" } });
    expect(error?.message).toContain("Give it another one in the source's SQL");
    expect(sent).toEqual([]);
  });
});

describe("two columns that a reader could not distinguish", () => {
  const expectRejected = async (given: Awaited<ReturnType<typeof score>>, ...parts: string[]) => {
    expect(given.error).toMatchObject({ code: "COLUMN_COLLISION" });
    for (const part of parts) expect(given.error?.message).toContain(part);
  };

  it.each(["score", "SCORE"])("are a prediction and a column of the table: Score and %s", async (name) => {
    predict = () => ({ [name]: 1 });
    await expectRejected(await score('select 1 as "Score"'), `"${name}"`, "output.prefix");
  });

  it("are a stated prediction and a column of the table, before anything is scored", async () => {
    await expectRejected(
      await score("select 1 as a, 2 as Score", {}, { predictions: { score: "int64" } }),
      "differs in case only",
    );
    expect(sent).toEqual([]);
  });

  it("are two predictions", async () => {
    predict = () => ({ Score: 1, score: 2 });
    await expectRejected(await score("select 1 as a"), '"Score" and "score"', "Rename one in the model");
  });

  it.each(["row_id", "Batch_Index"])(
    "are row identity and a column of the source, before anything is scored: %s",
    async (name) => {
      await expectRejected(await score(twoRows(name), {}, { include_row_id: true }), `"${name}"`, "include_row_id");
      expect(sent).toEqual([]);
    },
  );

  it("are row identity and a prediction", async () => {
    predict = () => ({ row_id: 1 });
    await expectRejected(await score("select 1 as a", {}, { include_row_id: true }), '"row_id"', "output.prefix");
  });
});

it("a prediction without a name is rejected", async () => {
  predict = () => ({ "": 1 });
  const { error } = await score("select 1 as a");
  expect(error).toMatchObject({ code: "COLUMN_COLLISION", message: expect.stringContaining("without a name") });
});

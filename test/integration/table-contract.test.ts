import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine, JobInput, ScoreframeError } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { AnswerLine } from "../support/function-backend.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

let engine: Engine;
let folder: string;
/** Rows that the model was asked for. */
let asked = 0;

/** Answers what the column `answer` holds as JSON text. */
const answer: AnswerLine = ({ instances }) => {
  asked += instances.length;
  const answers = instances.map((row) => String(row["answer"]));
  return `{"predictions":[${answers.join(",")}]}`;
};

beforeAll(async () => {
  const workspace = join(await mkdtemp(join(tmpdir(), "scoreframe-contract-")), "runs");
  engine = await createScoreframe({ workspace, backends: [functionBackend("function", answer)] });
});
afterAll(() => engine.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-contract-test-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Output = Partial<NonNullable<JobInput["output"]>>;

/** A day's job: `select` is what is selected beside the day and what the model is to answer. */
function day(ds: number, select: string, answer: string, output: Output = {}): JobInput {
  return {
    name: "days",
    source: { kind: "sql", sql: `select ${select === "" ? "" : `${select}, `}${ds} as ds, ${answer} as answer` },
    model: { features: ["answer"] },
    backend: { kind: "function" },
    output: { path: join(folder, "out"), partition_by: ["ds"], columns: "predictions", ...output },
    failure: { max_null_predictions: "all" },
  } as JobInput;
}

const published = (columns = "*"): Promise<Record<string, unknown>[]> =>
  query(`select ${columns} from read_parquet('${folder}/out/*/*.parquet', hive_partitioning = true) order by ds`);

async function types(): Promise<Record<string, unknown>> {
  const manifest = JSON.parse(await readFile(join(folder, "out/_manifest.json"), "utf8"));
  return Object.fromEntries(manifest.schema.map(({ name, type }: { name: string; type: unknown }) => [name, type]));
}

async function errorOf(job: JobInput): Promise<ScoreframeError> {
  const { error } = await engine.tryRun(job);
  expect(error?.code).toBe("OUTPUT_SCHEMA_CHANGED");
  return error as ScoreframeError;
}

describe("a column of the source whose type is another on the next day", () => {
  it.each([
    ["fewer bits", "1::bigint", "7::integer", "BIGINT", "7"],
    ["more bits than its values need", "1::integer", "7::bigint", "INTEGER", "7"],
    ["whole numbers among floats", "0.5::double", "9007199254740992::bigint", "DOUBLE", "9007199254740992.0"],
    ["floats that are all whole", "1::bigint", "7::double", "BIGINT", "7"],
    ["a decimal of another scale", "1.25::decimal(10,2)", "7.5::decimal(18,4)", "DECIMAL(10,2)", "7.50"],
    ["a decimal among floats", "0.5::double", "7.25::decimal(10,2)", "DOUBLE", "7.25"],
    ["whole numbers among decimals", "1.25::decimal(10,2)", "7", "DECIMAL(10,2)", "7.00"],
    ["a sum", "1::bigint", "7::hugeint", "BIGINT", "7"],
    ["nothing but null", "1::bigint", "null", "BIGINT", null],
    ["null of another type", "date '2024-05-01'", "null::double", "DATE", null],
    ["nothing but null in a list", "[1, 2]", "[null]", "INTEGER[]", "[NULL]"],
    [
      "nanoseconds without a fraction of a microsecond",
      "timestamp '2024-05-01'",
      "timestamp_ns '2024-05-02'",
      "TIMESTAMP",
      "2024-05-02 00:00:00",
    ],
    [
      "milliseconds",
      "timestamp '2024-05-01'",
      "'2024-05-02 00:00:00.25'::timestamp_ms",
      "TIMESTAMP",
      "2024-05-02 00:00:00.25",
    ],
    [
      "numbers in a struct",
      "{'a': 1::bigint, 'b': 'x'}",
      "{'b': 'y', 'a': 7::double}",
      "STRUCT(a BIGINT, b VARCHAR)",
      "{'a': 7, 'b': y}",
    ],
    [
      "numbers in a list of structs",
      "[{'a': 0.5::double}]",
      "[{'a': 7}, null]",
      "STRUCT(a DOUBLE)[]",
      "[{'a': 7.0}, NULL]",
    ],
  ])("is cast if that is exact: %s", async (_what, first, second, type, value) => {
    await engine.run(day(1, `${first} as v`, "'1'"));
    await engine.run(day(2, `${second} as v`, "'1'"));
    expect(await published("typeof(v) as type, v::varchar as v")).toMatchObject([{ type }, { type, v: value }]);
    const wanted = (await types())["v"];
    await engine.run(day(3, `${first} as v`, "'1'"));
    expect((await types())["v"]).toEqual(wanted);
  });

  it.each([
    ["text", "101", "'A-7'", "VARCHAR", "INTEGER", "A-7"],
    ["numbers among text", "'A-7'", "101", "INTEGER", "VARCHAR", "101"],
    ["fractions", "1::bigint", "0.5::double", "DOUBLE", "BIGINT", "0.5"],
    ["numbers that a double rounds", "0.5::double", "9007199254740993", "BIGINT", "DOUBLE", "9007199254740993"],
    ["too large a float for a decimal", "1.25::decimal(10,2)", "1e300::double", "DOUBLE", "DECIMAL(10,2)", "1e+300"],
    [
      "a float with more digits than a decimal",
      "1::decimal(4,0)",
      "99999.5::double",
      "DOUBLE",
      "DECIMAL(4,0)",
      "99999.5",
    ],
    ["too large a number", "1::integer", "3000000000", "BIGINT", "INTEGER", "3000000000"],
    [
      "digits that the scale has no room for",
      "1.25::decimal(10,2)",
      "7.255::decimal(10,3)",
      "DECIMAL(10,3)",
      "DECIMAL(10,2)",
      "7.255",
    ],
    ["a date among timestamps", "timestamp '2024-05-01'", "date '2024-05-01'", "DATE", "TIMESTAMP", "2024-05-01"],
    [
      "an instant among local times",
      "timestamp '2024-05-01'",
      "timestamptz '2024-05-01'",
      "TIMESTAMPTZ",
      "TIMESTAMP",
      "2024-05-01",
    ],
    [
      "nanoseconds",
      "timestamp '2024-05-01'",
      "'2024-05-01 00:00:00.000000001'::timestamp_ns",
      "TIMESTAMP_NS",
      "TIMESTAMP",
      "000000001",
    ],
    ["a boolean", "1", "true", "BOOLEAN", "INTEGER", "true"],
    ["text in a list", "[1]", "['a']", "VARCHAR[]", "INTEGER[]", "a"],
  ])(
    "is rejected before anything is scored if that is not exact: %s",
    async (_what, first, second, now, had, value) => {
      await engine.run(day(1, `${first} as v`, "'1'"));
      const job = day(2, `${second} as v`, "'1'");
      const scored = asked;
      const { message } = await errorOf(job);
      expect(message).toContain(`the column "v" is ${now} in this run (the value `);
      expect(message).toContain(value);
      expect(message).toContain(
        `and ${had} in the table. Correct the source, or choose another output.path for rows of the new type. ` +
          `To change the values, cast them in the SQL: SELECT * REPLACE (TRY_CAST(v AS ${had}) AS v); a fraction is rounded`,
      );
      await expect(engine.plan(job)).rejects.toMatchObject({ code: "OUTPUT_SCHEMA_CHANGED", message });
      const check = await engine.check(job);
      expect(check).toMatchObject({ ok: false, error: { code: "OUTPUT_SCHEMA_CHANGED" } });
      expect(check.items.at(-1)).toEqual({ name: "output", status: "failed", detail: message });
      expect(asked).toBe(scored);
      expect(await published("v::varchar as v")).toHaveLength(1);
    },
  );

  it("is of no matter if nothing of the former table stays", async () => {
    await engine.run(day(1, "101 as v", "'1'"));
    expect(await engine.check(day(1, "'A-7' as v", "'1'"))).toMatchObject({ ok: true });
    await engine.run(day(1, "'A-7' as v", "'\"late\"'"));
    expect(await published("v, prediction")).toEqual([{ v: "A-7", prediction: "late" }]);
    const whole = { partition_by: [], path: join(folder, "whole") };
    await engine.run(day(1, "101 as v", "'1'", whole));
    await engine.run(day(1, "'A-7' as v", "'1'", whole));
    await errorOf(day(1, "101 as v", "'1'", { ...whole, if_exists: "append" }));
  });

  it.each(["csv", "jsonl"] as const)("is held to the same in %s", async (format) => {
    await engine.run(day(1, "0.5 as v", "'1'", { format }));
    await engine.run(day(2, "7 as v", "'1'", { format }));
    expect((await errorOf(day(3, "'x' as v", "'1'", { format }))).message).toContain('the column "v" is VARCHAR');
  });

  it("names a partition only by the same text", async () => {
    const by = { partition_by: ["key"] };
    const keyed = (key: string): JobInput => day(1, `${key} as key`, "'1'", { ...by, if_exists: "append" });
    await engine.run(keyed("1::bigint"));
    await engine.run(keyed("2::integer"));
    expect((await errorOf(keyed("3.0::decimal(4,1)"))).message).toContain('the column "key" is DECIMAL(4,1)');
  });
});

describe("columns that are not those of the table", () => {
  it.each([
    ["new", "1 as a", "1 as a, 2 as b, 3 as c", '"b", "c" are new'],
    ["missing", "1 as a, 2 as b", "1 as a", '"b" is missing'],
    ["renamed", "1 as a", "1 as A", '"A" is new, and "a" is missing'],
    ["a field that is new", "{'x': 1} as a", "{'x': 1, 'y': 2} as a", '"a.y" is new'],
    ["a field that is missing", "{'x': 1, 'y': 2} as a", "{'x': 1} as a", '"a.y" is missing'],
  ])("are rejected before anything is scored: %s", async (_what, first, second, said) => {
    await engine.run(day(1, first, "'1'"));
    const scored = asked;
    const { message, facts } = await errorOf(day(2, second, "'1'"));
    expect(message).toContain(`has other columns than this run: ${said}. Set output.schema: evolve`);
    expect(facts.option).toBe("output.schema");
    expect((await engine.check(day(2, second, "'1'"))).items.at(-1)).toMatchObject({
      name: "output",
      status: "failed",
    });
    expect(asked).toBe(scored);
  });

  it("are added, and filled with null, with output.schema: evolve", async () => {
    const evolve = { schema: "evolve" } as const;
    await engine.run(day(1, "1 as a, {'x': 1} as s, 5 as gone", "'{\"p\": 1}'", evolve));
    await engine.run(day(2, "'new' as b, 2 as a, {'y': 'z', 'x': 2} as s", '\'{"p": 2, "q": true}\'', evolve));
    await engine.run(day(3, "3 as a, {'x': 3} as s", "'{\"p\": 3}'", evolve));
    const rows = await query(
      `select ds, a, gone, s::varchar as s, p, q, b from read_parquet('${folder}/out/*/*.parquet', hive_partitioning = true, union_by_name = true) order by ds`,
    );
    const numbers = (row: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? Number(value) : value]),
      );
    expect(rows.map(numbers)).toEqual([
      { ds: 1, a: 1, gone: 5, s: "{'x': 1, 'y': NULL}", p: 1, q: null, b: null },
      { ds: 2, a: 2, gone: null, s: "{'x': 2, 'y': z}", p: 2, q: true, b: "new" },
      { ds: 3, a: 3, gone: null, s: "{'x': 3, 'y': NULL}", p: 3, q: null, b: null },
    ]);
    const manifest = JSON.parse(await readFile(join(folder, "out/_manifest.json"), "utf8"));
    expect(manifest.schema).toEqual([
      { name: "a", type: "Int32", role: "source" },
      {
        name: "s",
        type: {
          Struct: [
            { name: "x", dtype: "Int32" },
            { name: "y", dtype: "String" },
          ],
        },
        role: "source",
      },
      { name: "gone", type: "Int32", role: "source" },
      { name: "ds", type: "Int32", role: "source" },
      { name: "p", type: "Int64", role: "prediction" },
      { name: "b", type: "String", role: "source", added_in: 2 },
      { name: "q", type: "Boolean", role: "prediction", added_in: 2 },
    ]);
    expect((await errorOf(day(4, "1 as A", "'{\"p\": 1}'", evolve))).message).toContain(
      "differ from the table's in case only",
    );
  });

  it("may come in another order, and are written in the table's", async () => {
    for (const format of ["parquet", "csv"] as const) {
      const output = { path: join(folder, format), format };
      await engine.run(day(1, "1 as a, 'x' as b", '\'{"p": 1, "q": 2}\'', output));
      await engine.run(day(2, "'y' as b, 2 as a", '\'{"q": 4, "p": 3}\'', output));
      const files = `'${folder}/${format}/*/*.${format}', hive_partitioning = true`;
      const rows = await query(
        `select a::int as a, b, p::int as p, q::int as q from read_${format}(${files}) order by a`,
      );
      expect(rows).toEqual([
        { a: 1, b: "x", p: 1, q: 2 },
        { a: 2, b: "y", p: 3, q: 4 },
      ]);
    }
  });
});

describe("predictions of another type on the next day", () => {
  it.each([
    ["whole numbers after floats", "'0.5'", "'7'", "DOUBLE", "7.0"],
    ["floats that are whole after whole numbers", "'1'", "'7.0'", "BIGINT", "7"],
    ["nothing but null", "'0.5'", "'null'", "DOUBLE", null],
    ["lists of whole numbers after lists of floats", "'[0.5]'", "'[7]'", "DOUBLE[]", "[7.0]"],
  ])("are cast if that is exact: %s", async (_what, first, second, type, value) => {
    await engine.run(day(1, "", first));
    await engine.run(day(2, "", second));
    const rows = await published("typeof(prediction) as type, prediction::varchar as p");
    expect(rows).toMatchObject([{ type }, { type, p: value }]);
  });

  it.each([
    [
      "fractions after whole numbers",
      "'1'",
      "'0.5'",
      "DOUBLE",
      "BIGINT",
      "double",
      "so choose another output.path, too",
    ],
    ["text after numbers", "'0.5'", "'\"late\"'", "VARCHAR", "DOUBLE", "double", "Make the model answer as before"],
    [
      "numbers after nothing but null",
      "'null'",
      "'0.5'",
      "DOUBLE",
      "VARCHAR",
      "string",
      "Make the model answer as before",
    ],
  ])("are rejected if that is not: %s", async (_what, first, second, now, had, stated, fix) => {
    await engine.run(day(1, "", first));
    const { message } = await errorOf(day(2, "", second));
    expect(message).toContain(`the column "prediction" is ${now} in this run`);
    expect(message).toContain(`and ${had} in the table`);
    expect(message).toContain(`output.predictions: { prediction: ${stated} }`);
    expect(message).toContain(fix);
    const check = await engine.check(day(2, "", second));
    expect(check.ok).toBe(false);
    expect(check.items.filter(({ status }) => status === "failed")).toEqual([
      { name: "output", status: "failed", detail: message },
    ]);
    expect(await published()).toHaveLength(1);
  });

  it("are rejected before anything is scored if the job states them otherwise", async () => {
    await engine.run(day(1, "", "'{\"score\": 1}'", { prefix: "p_" }));
    const scored = asked;
    const stated = (predictions: Record<string, string>) =>
      errorOf(day(2, "", "'{\"score\": 0.5}'", { prefix: "p_", predictions }));
    expect((await stated({ score: "double" })).message).toContain("output.predictions: { score: double }");
    expect((await stated({ score: "int64", label: "string" })).message).toContain('"p_label" is new');
    expect((await stated({ label: "string" })).message).toContain('"p_label" is new, and "p_score" is missing');
    expect(asked).toBe(scored);
    await engine.run(day(2, "", "'{\"score\": 2.0}'", { prefix: "p_", predictions: { score: "int32" } }));
    expect(await published("typeof(p_score) as type")).toEqual([{ type: "BIGINT" }, { type: "BIGINT" }]);
  });

  it("have the columns of the table if every one is null, and no others", async () => {
    await engine.run(day(1, "1 as a", '\'{"label": "x", "score": 1}\''));
    await engine.run(day(2, "2 as a", "'null'"));
    expect(await published("label, score::int as score")).toEqual([
      { label: "x", score: 1 },
      { label: null, score: null },
    ]);
    expect((await errorOf(day(3, "3 as a", '\'{"label": "y"}\''))).message).toContain('"score" is missing');
    expect((await errorOf(day(3, "3 as a", '\'{"label": "y", "score": 1, "why": 2}\''))).message).toContain(
      '"why" is new',
    );
    expect((await errorOf(day(3, "", "'null'"))).message).toContain('"a" is missing');
  });
});

it("a table of an older version, whose manifest says less, is held to its last columns", async () => {
  await engine.run(day(1, "1 as a", "'0.5'"));
  const path = join(folder, "out/_manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  for (const column of manifest.schema) delete column.role;
  await writeFile(path, JSON.stringify(manifest));
  await engine.run(day(2, "2 as a", "'1'"));
  expect((await types())["prediction"]).toBe("Float64");
  await writeFile(path, JSON.stringify(manifest));
  expect((await errorOf(day(3, "", "'1'"))).message).toContain('"a" is missing');
  expect((await errorOf(day(3, "1 as a, 2 as b", "'1'"))).message).toContain('"b" is new');
});

it("rows without a partition of their own left keep the table's columns, also when the source has all partitions", async () => {
  const both = (value: string, answers: string): JobInput => ({
    ...day(1, "", ""),
    source: { kind: "sql", sql: `select ${value} as v, ds, ${answers} as answer from (values (1), (2)) t(ds)` },
    failure: { max_failed_rows: 1 },
  });
  await engine.run(both("101", "'1'"));
  const error = await errorOf(both("'A-7'", `case when ds = 1 then '{"error": "no"}' else '1' end`));
  expect(error.message).toContain('the column "v" is VARCHAR in this run');
  expect(await published("v::varchar as v")).toEqual([{ v: "101" }, { v: "101" }]);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

let answers: readonly string[] = [];
let engine: Engine;
let folder: string;
let tables = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-predictions-"));
  const backend = functionBackend("scripted", ({ instances }) => {
    const texts = instances.map(({ n }) => answers[Number(n)] ?? '{"error":"the last row fails"}');
    return `{"predictions":[${texts.join(",")}]}`;
  });
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

/** Type and values of the column that predictions become, as DuckDB reads them; `failing` rows more have none. */
async function published(texts: readonly string[], output: Partial<JobInput["output"]> = {}, failing = 0) {
  answers = texts;
  tables += 1;
  const path = join(folder, `table-${tables}`);
  const { ledger } = await engine.run({
    name: "predictions",
    source: { kind: "sql", sql: `select n::integer as n from range(${texts.length + failing}) t(n)` },
    requests: { batch_size: 100 },
    backend: { kind: "scripted" },
    output: { path, ...output },
    failure: { max_failed_rows: failing },
  });
  expect(ledger).toMatchObject({ scored: texts.length, deadLettered: failing });
  const rows = await query(
    `select typeof(prediction) as type, prediction::varchar as v from '${path}/*.parquet' order by n`,
  );
  return { type: rows[0]?.["type"], values: rows.map(({ v }) => v) };
}

const MOST = "1.7976931348623157e+308";

/** What is answered, the type that is stated for it, and what is in the table: type and text of each value. */
const CASES: readonly (readonly [
  stated: string,
  type: string,
  answers: readonly string[],
  values: readonly (string | null)[],
])[] = [
  [
    "int64",
    "BIGINT",
    ["9223372036854775807", "-9223372036854775808", "9007199254740993", "-0", "null"],
    ["9223372036854775807", "-9223372036854775808", "9007199254740993", "0", null],
  ],
  [
    "uint64",
    "UBIGINT",
    ["18446744073709551615", "9223372036854775808", "null"],
    ["18446744073709551615", "9223372036854775808", null],
  ],
  [
    "double",
    "DOUBLE",
    ["-0.0", "0.0", "5e-324", "1.7976931348623157e308", "0.1", "1e22", "2.2250738585072014e-308", "null"],
    ["-0.0", "0.0", "5e-324", MOST, "0.1", "1e+22", "2.2250738585072014e-308", null],
  ],
  [
    "double",
    "DOUBLE",
    ["0.30000000000000004", "123456789.12345679", "9007199254740993.0", "4.35", "1E3", "-1e-7"],
    ["0.30000000000000004", "123456789.12345679", "9007199254740992.0", "4.35", "1000.0", "-1e-07"],
  ],
  ["boolean", "BOOLEAN", ["true", "false", "null"], ["true", "false", null]],
  [
    "string",
    "VARCHAR",
    ['""', '" "', '"null"', '"007"', '"2024-01-01"', '"1e3"', "null"],
    ["", " ", "null", "007", "2024-01-01", "1e3", null],
  ],
  [
    "string",
    "VARCHAR",
    ['"a\\"b\\\\c\\/"', '"\\n\\r\\t\\u0000\\u0001"', '"😀\\ud83d\\ude00"', '"\u2028\\u2028\u007f\ufeff"'],
    ['a"b\\c/', "\n\r\t\0\u0001", "😀😀", "\u2028\u2028\u007f\ufeff"],
  ],
  ["list<int64>", "BIGINT[]", ["[]", "[9007199254740993,null]", "null"], ["[]", "[9007199254740993, NULL]", null]],
  ["list<double>", "DOUBLE[]", ["[-0.0,5e-324]", "[]", "[null]"], ["[-0.0, 5e-324]", "[]", "[NULL]"]],
  [
    "list<list<string>>",
    "VARCHAR[][]",
    ['[[""],[]]', "[null]", '[["😀",null]]'],
    ["[[''], []]", "[NULL]", "[[😀, NULL]]"],
  ],
  [
    "list<struct<x: int64, y: string>>",
    "STRUCT(x BIGINT, y VARCHAR)[]",
    ['[{"x":9007199254740993,"y":null},null]', "[]"],
    ["[{'x': 9007199254740993, 'y': NULL}, NULL]", "[]"],
  ],
];

describe("predictions come to the table to the last bit", () => {
  it.each(CASES)("as they are answered: %s %s %j", async (_stated, type, texts, values) => {
    expect(await published(texts)).toEqual({ type, values });
  });

  it.each(CASES)("as they are stated: %s %s %j", async (stated, type, texts, values) => {
    expect(await published(texts, { predictions: { prediction: stated } })).toEqual({ type, values });
  });

  it.each(CASES)("beside a row that fails: %s %s %j", async (_stated, type, texts, values) => {
    expect(await published(texts, {}, 1)).toEqual({ type, values });
  });
});

describe("predictions that are stated", () => {
  it.each([
    ["int8", "TINYINT", ["-128", "127", "0.0"], ["-128", "127", "0"]],
    ["int16", "SMALLINT", ["-32768", "32767"], ["-32768", "32767"]],
    ["int32", "INTEGER", ["-2147483648", "2147483647"], ["-2147483648", "2147483647"]],
    ["int64", "BIGINT", ["4.0", "-9007199254740991.0"], ["4", "-9007199254740991"]],
    ["float", "FLOAT", ["0.1", "-0.0", "16777217", "1e-45"], ["0.1", "-0.0", "16777216.0", "1e-45"]],
    ["double", "DOUBLE", ["1", "9007199254740993"], ["1.0", "9007199254740992.0"]],
    ["boolean", "BOOLEAN", ["1", "0", "null"], ["true", "false", null]],
    [
      "date",
      "DATE",
      ['"0001-01-01"', '"1969-12-31"', '"9999-12-31"', "null"],
      ["0001-01-01", "1969-12-31", "9999-12-31", null],
    ],
    [
      "timestamp",
      "TIMESTAMP",
      [
        '"0001-01-01 00:00:00"',
        '"1969-12-31T23:59:59.999999Z"',
        '"9999-12-31 23:59:59.999999"',
        '"2024-02-29T12:00:00.500000000"',
      ],
      ["0001-01-01 00:00:00", "1969-12-31 23:59:59.999999", "9999-12-31 23:59:59.999999", "2024-02-29 12:00:00.5"],
    ],
    ["string", "VARCHAR", ['"12345678901234567890.123456789"'], ["12345678901234567890.123456789"]],
  ])("become %s: %s", async (stated, type, texts, values) => {
    expect(await published(texts, { predictions: { prediction: stated } })).toEqual({ type, values });
  });

  it.each([
    ["int64", "9223372036854775808"],
    ["uint64", "18446744073709551616"],
    ["int32", "2147483648"],
    ["int64", "9007199254740993.0"],
    ["timestamp", '"2024-01-01T00:00:00.1234567"'],
    ["timestamp", '"2024-02-30T00:00:00"'],
    ["date", '"2024-01-01T00:00:00"'],
    ["float", "1e39"],
  ])("are rejected as %s if they would change: %s", async (stated, text) => {
    await expect(published([text], { predictions: { prediction: stated } })).rejects.toMatchObject({
      code: "PREDICTIONS_CONTRACT_VIOLATED",
    });
  });
});

describe("whole numbers of several kinds keep every digit", () => {
  it.each([
    [["18446744073709551615", "-1"], "DECIMAL(20,0)", ["18446744073709551615", "-1"]],
    [["123456789012345678901234567890"], "DECIMAL(38,0)", ["123456789012345678901234567890"]],
  ])("%j are %s", async (texts, type, values) => {
    expect(await published(texts)).toEqual({ type, values });
  });
});

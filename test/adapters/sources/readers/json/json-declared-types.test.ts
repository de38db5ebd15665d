import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

/** Column `x` of rows with a declared type; values as DuckDB shows them. */
async function readColumn(type: string, values: readonly string[]) {
  await bench.write("t.jsonl", values.map((value) => `{"x":${value}}\n`).join(""));
  const { columns } = await bench.extract(bench.sql("FROM t", { t: { path: "t.jsonl", types: { x: type } } }));
  const read = await bench.query(`SELECT x::VARCHAR FROM read_parquet('${bench.target}')`);
  return { type: columns[0]?.type, values: read.map(([value]) => value) };
}

async function failure(types: Record<string, string>, lines: string) {
  await bench.write("t.jsonl", lines);
  return (await bench.failure(bench.sql("FROM t", { t: { path: "t.jsonl", types } }))).message;
}

test.each([
  ["VARCHAR", ['"a"', "1.50", '{ "b": 1 }', "null"], "VARCHAR", ["a", "1.50", '{"b":1}', null]],
  ["JSON", ['"a"', "1.50", "null", "[1, 2]"], "VARCHAR", ['"a"', "1.50", null, "[1,2]"]],
  ["TINYINT", ["-128", '"127"', "1e2", "5.0"], "TINYINT", ["-128", "127", "100", "5"]],
  ["BIGINT", ["9007199254740993", '"-9223372036854775808"'], "BIGINT", ["9007199254740993", "-9223372036854775808"]],
  ["HUGEINT", ["12345678901234567890123456789"], "DECIMAL(38,0)", ["12345678901234567890123456789"]],
  [
    "DECIMAL(18,2)",
    ["1234567890123456.78", '"0.10"', "1e1"],
    "DECIMAL(18,2)",
    ["1234567890123456.78", "0.10", "10.00"],
  ],
  [
    "DOUBLE",
    ["0.12345678901234567891", "-0", '"NaN"', "9007199254740992"],
    "DOUBLE",
    ["0.12345678901234568", "-0.0", "nan", "9007199254740992.0"],
  ],
  ["FLOAT", ["0.1", "16777216"], "FLOAT", ["0.1", "16777216.0"]],
  ["BOOLEAN", ["true", '"false"'], "BOOLEAN", ["true", "false"]],
  ["DATE", ['"2024-02-29"', '"0001-01-01"'], "DATE", ["2024-02-29", "0001-01-01"]],
  ["TIME", ['"09:30:00.500"'], "TIME", ["09:30:00.5"]],
  [
    "TIMESTAMP",
    ['"2024-05-01 09:30:00.250"', '"2024-05-01T09:30:00Z"'],
    "TIMESTAMP",
    ["2024-05-01 09:30:00.25", "2024-05-01 09:30:00"],
  ],
  ["TIMESTAMP_NS", ['"2024-05-01 09:30:00.000000001"'], "TIMESTAMP_NS", ["2024-05-01 09:30:00.000000001"]],
  ["TIMESTAMPTZ", ['"2024-05-01T09:30:00+02:00"'], "TIMESTAMP WITH TIME ZONE", ["2024-05-01 07:30:00+00"]],
  ["BLOB", ['"AP8="', '""'], "BLOB", ["\\x00\\xFF", ""]],
  ["DATE[]", ['["2024-05-01",null]', "[]"], "DATE[]", ["[2024-05-01, NULL]", "[]"]],
  [
    "STRUCT(a DECIMAL(4,1), b TIMESTAMP)[]",
    ['[{"a":"1.5","b":"2024-05-01 09:30:00"},null,{"a":2.50}]'],
    "STRUCT(a DECIMAL(4,1), b TIMESTAMP)[]",
    ["[{'a': 1.5, 'b': '2024-05-01 09:30:00'}, NULL, {'a': 2.5, 'b': NULL}]"],
  ],
  [
    "MAP(VARCHAR, BIGINT)",
    ['{"Apple":9007199254740993,"apple":2}', "{}", "null"],
    'STRUCT("key" VARCHAR, "value" BIGINT)[]',
    ["[{'key': Apple, 'value': 9007199254740993}, {'key': apple, 'value': 2}]", "[]", null],
  ],
])("values are read as the declared %s", async (declared, values, type, expected) => {
  expect(await readColumn(declared, values)).toEqual({ type, values: expected });
});

test.each([
  ["TINYINT", "128"],
  ["BIGINT", "1.5"],
  ["BIGINT", '"12a"'],
  ["DECIMAL(4,2)", "0.125"],
  ["DECIMAL(4,2)", "100"],
  ["DOUBLE", "9007199254740993"],
  ["DOUBLE", "1e400"],
  ["BOOLEAN", "1"],
  ["DATE", '"2023-02-29"'],
  ["DATE", '"2024-02-29 10:00:00"'],
  ["DATE", "20240229"],
  ["TIMESTAMP", '"2024-05-01 09:30:00.1234567"'],
  ["TIMESTAMP", '"2024-05-01T09:30:00+02:00"'],
  ["TIMESTAMP", '"01.05.2024"'],
  ["UUID", '"6d3f5a4e"'],
  ["BLOB", '"AP8"'],
  ["BIGINT[]", "1"],
  ["BIGINT", "[1]"],
  ["BIGINT[]", '[1,"x"]'],
  ["STRUCT(a BIGINT)", '"x"'],
  ["STRUCT(a BIGINT)", '{"a":0.5}'],
  ["MAP(VARCHAR, BIGINT)", '{"a":0.5}'],
])("a value that is not exactly a %s is rejected with its line: %s", async (type, value) => {
  const message = await failure({ x: type }, `{"id":1}\n{"id":2,"x":${value}}\n`);

  expect(message).toMatch(
    /t\.jsonl\) cannot be read: line 2: the column "x".* has .*, which is not exactly a .* as `types` declares it/,
  );
});

test("a key that a declared STRUCT has not is rejected, because its value would be lost", async () => {
  expect(await failure({ x: "STRUCT(amount BIGINT)" }, '{"x":{"amount":1,"amout":2}}\n')).toContain(
    'line 1: "x" has the key "amout", which the STRUCT that `types` declares has not; the nearest is "amount"',
  );
});

test("a declared column that no row has is rejected with the nearest name", async () => {
  expect(await failure({ amout: "BIGINT" }, '{"id":1,"amount":1}\n')).toContain(
    '`types` declares the column "amout", and no row has it. The nearest is "amount"',
  );
});

test.each([
  ["BLURB", 'The type of the column "x", "BLURB", is not a type of DuckDB'],
  ["BIGINT, 1 AS y", "is not a type of DuckDB"],
  ["INTERVAL", "Declare VARCHAR, and cast the column in the SQL"],
  ["MAP(BIGINT, BIGINT)", "The keys of a JSON object are text"],
])("the type %s is rejected", async (type, problem) => {
  expect(await failure({ x: type }, '{"x":1}\n')).toContain(problem);
});

test("declared columns are where they are in the rows", async () => {
  await bench.write("t.jsonl", '{"a":1,"b":"2024-05-01","c":2}\n');

  const columns = await bench
    .sql("FROM t", { t: { path: "t.jsonl", types: { b: "DATE" } } })
    .describe({ signal: bench.signal });

  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(["a BIGINT", "b DATE", "c BIGINT"]);
});

import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

test.each([
  ["(-9223372036854775808)::HUGEINT", "BIGINT", "-9223372036854775808"],
  ["9223372036854775807::UHUGEINT", "BIGINT", "9223372036854775807"],
  ["NULL::HUGEINT", "BIGINT", null],
  ["'6d3f5a4e-0000-4000-8000-000000000001'::UUID", "VARCHAR", "6d3f5a4e-0000-4000-8000-000000000001"],
  [`'{"a": 1}'::JSON`, "VARCHAR", '{"a": 1}'],
  ["'b'::ENUM('a', 'b')", "VARCHAR", "b"],
  ["NULL", "VARCHAR", null],
  ["[NULL, NULL]", "VARCHAR[]", "[NULL, NULL]"],
  ["[]", "VARCHAR[]", "[]"],
  ["NULL::INTEGER", "INTEGER", null],
  ["[1, 2]::INTEGER[2]", "INTEGER[]", "[1, 2]"],
  ["NULL::INTEGER[2]", "INTEGER[]", null],
  ["TIMESTAMP_S '2020-01-02 03:04:05'", "TIMESTAMP", "2020-01-02 03:04:05"],
  ["TIMESTAMP_NS '2020-01-02 03:04:05.123456789'", "TIMESTAMP_NS", "2020-01-02 03:04:05.123456789"],
  ["TIMESTAMPTZ '2020-01-02 03:04:05.123456+02'", "TIMESTAMP WITH TIME ZONE", "2020-01-02 01:04:05.123456+00"],
  ["MAP {'k': 1}", 'STRUCT("key" VARCHAR, "value" INTEGER)[]', "[{'key': k, 'value': 1}]"],
  ["NULL::MAP(VARCHAR, INTEGER)", 'STRUCT("key" VARCHAR, "value" INTEGER)[]', null],
  ["MAP {}::MAP(VARCHAR, INTEGER)", 'STRUCT("key" VARCHAR, "value" INTEGER)[]', "[]"],
  ["{'h': [1::HUGEINT, NULL], 'n': 2}", "STRUCT(h BIGINT[], n INTEGER)", "{'h': [1, NULL], 'n': 2}"],
  ["NULL::STRUCT(h HUGEINT)", "STRUCT(h BIGINT)", null],
  [
    "[[{'m': MAP {'k': 1::HUGEINT}}, NULL]]",
    'STRUCT(m STRUCT("key" VARCHAR, "value" BIGINT)[])[][]',
    "[[{'m': [{'key': k, 'value': 1}]}, NULL]]",
  ],
  ["9007199254740993", "BIGINT", "9007199254740993"],
  ["1.10::DECIMAL(10, 2)", "DECIMAL(10,2)", "1.10"],
  ["chr(0) || '😀'", "VARCHAR", "\0😀"],
])("%s is written as %s", async (expression, type, text) => {
  const source = bench.sql(`SELECT ${expression} AS x`);

  const { columns } = await bench.extract(source);

  expect(columns).toEqual([{ name: "x", type }]);
  expect(await source.describe(bench)).toEqual(columns);
  await bench.query("SET TimeZone = 'UTC'");
  expect(await bench.query(`SELECT x::VARCHAR FROM '${bench.target}'`)).toEqual([[text]]);
});

test.each([
  ["12345678901234567890123456789::HUGEINT", "DECIMAL(38,0)", "12345678901234567890123456789"],
  ["9223372036854775808::UHUGEINT", "DECIMAL(38,0)", "9223372036854775808"],
  ["{'h': [-9223372036854775809, NULL]}", "STRUCT(h DECIMAL(38,0)[])", "{'h': [-9223372036854775809, NULL]}"],
])("%s, which no 64 bits hold, is a decimal, and the other columns stay whole numbers", async (wide, type, text) => {
  const sql = `SELECT CASE WHEN i = 2999 THEN ${wide} END AS "a ""b", sum(i) AS total, [{'n': sum(i)}] AS nested, i AS id,
      '2024-05-01 09:30:00.25'::TIMESTAMP_MS AS at
    FROM range(3000) r(i) GROUP BY i ORDER BY i`;
  const warnings: string[] = [];

  const { columns, rows } = await bench.extract(bench.sql(sql), undefined, (message) => void warnings.push(message));

  expect(rows).toBe(3000);
  expect(columns.map((column) => column.type)).toEqual([type, "BIGINT", "STRUCT(n BIGINT)[]", "BIGINT", "TIMESTAMP"]);
  const unit = `SELECT converted_type FROM parquet_schema('${bench.target}') WHERE name = 'at'`;
  expect(await bench.query(unit)).toEqual([["TIMESTAMP_MILLIS"]]);
  expect(warnings).toEqual([expect.stringContaining('The column "a "b" holds whole numbers of more than 64 bits')]);
  expect(await bench.query(`SELECT "a ""b"::VARCHAR, total::VARCHAR FROM '${bench.target}' WHERE id = 2999`)).toEqual([
    [text, "2999"],
  ]);
  const order = await bench.query(
    `SELECT bool_and(id = file_row_number) FROM read_parquet('${bench.target}', file_row_number = true)`,
  );
  expect(order).toEqual([[true]]);
});

test.each([
  ["INTERVAL 1 DAY", 'write epoch_us("my col") AS "my col"'],
  ["'12:00+01'::TIMETZ", 'write "my col"::TIME AS "my col"'],
  ["'1'::BIT", 'write "my col"::VARCHAR AS "my col"'],
  ["1::BIGNUM", "BIGNUM"],
  ["1::VARIANT", "VARIANT"],
  ["union_value(a := 1)", "UNION"],
  ["row(1, 2)", "struct_pack"],
  ["[{'a': INTERVAL 1 DAY}]", "INTERVAL (at my col[].a)"],
])("%s is rejected with the cast to write", async (expression, part) => {
  const error = await bench.failure(bench.sql(`SELECT 1 AS fine, ${expression} AS "my col"`));

  expect(error.code).toBe("COLUMN_TYPE_UNSUPPORTED");
  expect(error.message).toContain('The column "my col" has the type');
  expect(error.message).toContain(part);
});

test("a HUGEINT of more than 38 digits is rejected by column", async () => {
  const error = await bench.failure(
    bench.sql("SELECT 170141183460469231731687303715884105727 + range AS big FROM range(1)"),
  );

  expect(error.message).toContain("more than 38 digits");
  expect(error.message).toContain('in "big"');
});

test.each([
  ["DATE 'infinity'", "infinity", "isfinite"],
  ["['-infinity'::TIMESTAMPTZ]", "-infinity", "isfinite"],
  ["{'a': TIMESTAMP 'infinity'}", "infinity", "isfinite"],
  ["TIMESTAMP '294247-01-10 00:00:00'", "294247-01-10", "262142"],
  ["TIME '24:00:00'", "24:00:00", "nullif"],
])("%s is rejected by column and value", async (expression, value, hint) => {
  const error = await bench.failure(bench.sql(`SELECT 1 AS a, ${expression} AS "t, x"`));

  expect(error.code).toBe("SOURCE_FAILED");
  expect(error.message).toContain(`The column "t, x" holds the value ${value}`);
  expect(error.message).toContain(hint);
});

test("what only looks like such a value is text and numbers", async () => {
  const { values } = await bench.extract(
    bench.sql("SELECT 'infinity' AS a, 300000 AS b, DATE '9999-12-31' AS c, '24:00:00' AS d"),
  );

  expect(values).toEqual([["infinity", 300000, new Date("9999-12-31"), "24:00:00"]]);
});

test("column names that trouble SQL or JavaScript survive", async () => {
  const names = ["__proto__", "a.b", "*", "^x$", " ", 'q"q', "it's", "lazy", "😀", "c0"];

  const { columns } = await bench.extract(
    bench.sql(`SELECT ${names.map((name, index) => `${index} AS "${name.replaceAll('"', '""')}"`).join(", ")}`),
  );

  expect(columns.map(({ name }) => name)).toEqual(names);
});

test.each(["FLOAT", "DOUBLE"])("a zero of %s keeps its sign among many of the other sign", async (type) => {
  await bench.extract(
    bench.sql(`SELECT x::${type} AS x, [x::${type}] AS l FROM (SELECT unnest(['0.0', '-0.0']) AS x FROM range(1000))`),
  );

  const counted = `SELECT x::VARCHAR, l::VARCHAR, count(*)::INTEGER FROM '${bench.target}' GROUP BY ALL ORDER BY ALL`;
  expect(await bench.query(counted)).toEqual([
    ["-0.0", "[-0.0]", 1000],
    ["0.0", "[0.0]", 1000],
  ]);
});

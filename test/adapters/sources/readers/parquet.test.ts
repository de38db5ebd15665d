import { mkdir, readFile, truncate } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

const FIXTURES = resolve(import.meta.dirname, "../../../../fixtures/parquet");

let bench: SourceBench;
let folders = 0;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

/** Writes a file for each query into a new folder: `1.parquet`, `2.parquet`, … */
async function filesOf(...queries: readonly string[]): Promise<string> {
  folders += 1;
  const folder = join(bench.folder, `table-${folders}`);
  await mkdir(folder);
  for (const [index, query] of queries.entries()) {
    await bench.query(`COPY (${query}) TO '${folder}/${index + 1}.parquet' (FORMAT parquet)`);
  }
  return folder;
}

async function read(path: string) {
  const { columns, values } = await bench.extract(bench.sql("FROM t", { t: path }));
  return { types: columns.map(({ name, type }) => `${name} ${type}`), values };
}

async function failure(path: string) {
  return bench.failure(bench.sql("FROM t", { t: path }));
}

test.each([
  ["1::TINYINT", "200::UTINYINT", "SMALLINT", [1, 200]],
  ["1::INTEGER", "2::BIGINT", "BIGINT", [1n, 2n]],
  ["-1::BIGINT", "18446744073709551615::UBIGINT", "DECIMAL(38,0)", ["-1", "18446744073709551615"]],
  ["16777217::INTEGER", "0.5::FLOAT", "DOUBLE", [16777217, 0.5]],
  ["300::SMALLINT", "0.5::FLOAT", "FLOAT", [300, 0.5]],
  ["9007199254740992::BIGINT", "0.5::DOUBLE", "DOUBLE", [9007199254740992, 0.5]],
  ["9007199254740993::BIGINT", "7.0::DOUBLE", "BIGINT", [9007199254740993n, 7n]],
  ["18446744073709551615::UBIGINT", "7.0::DOUBLE", "UBIGINT", ["18446744073709551615", "7"]],
  ["18446744073709551615::UBIGINT", "-7.0::DOUBLE", "DECIMAL(38,0)", ["18446744073709551615", "-7"]],
  ["1.5::DECIMAL(10,1)", "2.125::DECIMAL(20,3)", "DECIMAL(20,3)", ["1.500", "2.125"]],
  ["9223372036854775807::BIGINT", "1.5::DECIMAL(4,1)", "DECIMAL(20,1)", ["9223372036854775807.0", "1.5"]],
  [
    "7::BIGINT",
    "1.5::DECIMAL(38,25)",
    "DECIMAL(38,25)",
    ["7.0000000000000000000000000", "1.5000000000000000000000000"],
  ],
  ["uuid '00000000-0000-0000-0000-000000000001'", "'x'", "VARCHAR", ["00000000-0000-0000-0000-000000000001", "x"]],
  ["[9007199254740993::BIGINT]", "[7.0::DOUBLE, NULL]", "BIGINT[]", ["[9007199254740993]", "[7, NULL]"]],
  [
    "{'a': 1::INTEGER}",
    "{'a': 2.5::DOUBLE, 'b': 'x'}",
    "STRUCT(a DOUBLE, b VARCHAR)",
    ["{'a': 1.0, 'b': NULL}", "{'a': 2.5, 'b': x}"],
  ],
])("files with %s and %s are read as a type that holds both, in either order", async (one, other, type, values) => {
  for (const reversed of [false, true]) {
    const queries = [`SELECT ${one} AS a`, `SELECT ${other} AS a`];
    const folder = await filesOf(...(reversed ? queries.reverse() : queries));

    const { types } = await read(folder);

    const found = (await bench.query(`SELECT a::VARCHAR FROM '${bench.target}'`)).map(([value]) => String(value));
    const wanted = values.map((value) =>
      type === "DOUBLE" || type === "FLOAT" ? Number(value).toFixed(1) : String(value),
    );
    expect(types).toEqual([`a ${type}`]);
    expect(reversed ? found.reverse() : found).toEqual(wanted);
  }
});

test.each([
  ["9007199254740993::BIGINT", "0.5::DOUBLE"],
  ["9007199254740993::BIGINT", "'-0.0'::DOUBLE"],
  ["9007199254740993::BIGINT", "'NaN'::DOUBLE"],
  ["1::BIGINT", "'1'"],
  ["1::INTEGER", "true"],
  ["1.5::DECIMAL(3,1)", "1.5::DOUBLE"],
  ["12345678901234567890123456789012345678::DECIMAL(38,0)", "0.5::DECIMAL(38,10)"],
  ["date '2024-01-01'", "timestamp '2024-01-01'"],
  ["timestamp '2024-01-01'", "timestamptz '2024-01-01'"],
  ["'x'::BLOB", "'x'"],
  ["[1]", "1"],
  ["[{'p': 1}]", "[{'p': 'x'}]"],
])("files with %s and %s are rejected with the column, both types, both files and the cast", async (one, other) => {
  const folder = await filesOf(`SELECT ${one} AS amount`, "SELECT 5 AS id", `SELECT ${other} AS amount`);

  const error = await failure(folder);

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toMatch(/the column "amount" is \S.* in .*1\.parquet, and \S.* in .*3\.parquet/);
  expect(error.message).toContain('CAST("amount" AS VARCHAR)');
});

test("a column that is null in one file takes the type that it has in another, at any depth", async () => {
  const folder = await filesOf(
    "SELECT 2 AS id, 'x' AS note, ['a'] AS tags, [['b']] AS lists, {'a': {'z': 1}, 'b': 2} AS item",
  );
  await bench.write(
    `${folder.slice(bench.folder.length + 1)}/0.parquet`,
    await readFile(join(FIXTURES, "null-columns.parquet")),
  );

  const { types } = await read(folder);

  expect(types.slice(1, 4)).toEqual(["note VARCHAR", "tags VARCHAR[]", "lists VARCHAR[][]"]);
  expect(
    await bench.query(`SELECT id, note, tags::VARCHAR, lists::VARCHAR, item::VARCHAR FROM '${bench.target}'`),
  ).toEqual([
    [1n, null, null, "[NULL]", "{'a': NULL, 'b': 1}"],
    [2n, "x", "[a]", "[[b]]", "{'a': {'z': 1}, 'b': 2}"],
  ]);
});

test.each([
  ["'x'", "NULL::DOUBLE", "VARCHAR", ["x", null]],
  ["['x']", "NULL::DOUBLE", "VARCHAR[]", ["[x]", null]],
  ["DATE '2024-05-01'", "NULL::VARCHAR", "DATE", ["2024-05-01", null]],
  ["{'a': 1}", "NULL::BOOLEAN", "STRUCT(a INTEGER)", ["{'a': 1}", null]],
])(
  "a column without any value in one file has the type of the other, ignoring the written type: %s and %s",
  async (first, second, type, values) => {
    const rows = `SELECT v::VARCHAR AS v FROM t`;
    for (const queries of [
      [first, second],
      [second, first],
    ]) {
      const folder = await filesOf(
        ...queries.map((value) => `SELECT ${value} AS v`),
        `SELECT 1.5::DOUBLE AS v LIMIT 0`,
      );
      const { types } = await read(folder);
      const found = await bench.extract(bench.sql(rows, { t: folder }));

      expect(types).toEqual([`v ${type}`]);
      expect(found.values.flat()).toEqual(queries[0] === first ? values : values.toReversed());
    }
  },
);

test("rows come in the order of their files, whichever columns these have", async () => {
  const folder = await filesOf(
    "SELECT 1 AS a",
    "SELECT 2.5::DOUBLE AS a, 'x' AS b",
    "SELECT 3 AS a",
    "SELECT 'y' AS b, 4.5::DOUBLE AS a",
  );

  expect((await read(folder)).values).toEqual([
    [1, null],
    [2.5, "x"],
    [3, null],
    [4.5, "y"],
  ]);
});

test("names that differ in case only are rejected in every file, at any depth and between files", async () => {
  const inside = join(FIXTURES, "fields-differ-in-case.parquet");
  expect((await failure(inside)).message).toContain(
    'it has the fields "Key" and "key" (inside the column "items"), which differ in case only',
  );

  const between = await filesOf("SELECT 1 AS id, 0.5 AS Score", "SELECT 2 AS id, 0.25 AS score");
  expect((await failure(between)).message).toMatch(/"Score" in .*1\.parquet and "score" in .*2\.parquet/);

  const fields = await filesOf("SELECT {'Key': 1} AS s", "SELECT {'key': 1} AS s");
  expect((await failure(fields)).message).toContain("they differ at s.key");
});

test.each([
  ["decimal-40-digits", 'its column "amount" is a decimal of 40 digits'],
  ["decimal-50-digits-nested", 'its column "items" (at items.list.element.price) is a decimal of 50 digits'],
])("a decimal that DuckDB would read as another number is rejected: %s", async (name, reason) => {
  const error = await failure(join(FIXTURES, `${name}.parquet`));

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain(reason);
  expect(error.message).toContain("Write it again as a decimal of at most 38 digits or as text");
});

test.each(["encrypted", "encrypted-columns"])("an encrypted file is named as one, not as damaged: %s", async (name) => {
  const folder = await filesOf("SELECT 1::BIGINT AS id, 2.5::DOUBLE AS x", "SELECT 2::BIGINT AS id, 3.5::DOUBLE AS x");
  const path = await bench.write(
    `${folder.slice(bench.folder.length + 1)}/3.parquet`,
    await readFile(join(FIXTURES, `${name}.parquet`)),
  );

  const error = await failure(folder);

  expect(error.message).toContain(`(${path}) cannot be read`);
  expect(error.message).toContain(
    "it is encrypted, and encrypted Parquet files cannot be read. Write it again without encryption.",
  );
  expect(error.message).not.toMatch(/damaged|cut off/);
});

test("a damaged file is named, whichever of the table's files it is", async () => {
  const folder = await filesOf("SELECT 1 AS a", "FROM range(1000) t(a)", "SELECT 3 AS a");
  await truncate(join(folder, "2.parquet"), 300);

  expect((await failure(folder)).message).toContain(`"t" (${join(folder, "2.parquet")}) cannot be read`);
});

test.each([
  ["int96-nanoseconds", 'its column "at" is INT96 and holds digits below a microsecond'],
  ["nanoseconds", 'its column "at" is TIMESTAMP(NANOS, UTC) and holds digits below a microsecond'],
  ["nanoseconds-nested", 'its column "items" is TIMESTAMP(NANOS, UTC) and holds digits below a microsecond'],
  ["nanoseconds-of-the-day", 'its column "at" is TIME(NANOS) and holds digits below a microsecond'],
])("nanoseconds that DuckDB would cut off are rejected: %s", async (name, reason) => {
  const error = await failure(join(FIXTURES, `${name}.parquet`));

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain(reason);
});

test.each([
  ["int96-microseconds", [["2024-05-01 00:00:00.123456"], [null]]],
  [
    "whole-microseconds",
    [
      ["2024-05-01 00:00:00.123456+00", "00:00:00.000001"],
      [null, null],
    ],
  ],
])("times that are written in nanoseconds and have none keep their value: %s", async (name, values) => {
  await read(join(FIXTURES, `${name}.parquet`));

  await bench.query("SET TimeZone = 'UTC'");
  expect(await bench.query(`SELECT COLUMNS(*)::VARCHAR FROM '${bench.target}'`)).toEqual(values);
});

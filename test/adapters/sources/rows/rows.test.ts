import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

async function typeAndValues(values: readonly unknown[]) {
  const { columns, values: rows } = await bench.extract(bench.rows(values.map((x) => ({ x, n: 1 }))));
  return { type: columns[0]?.type, values: rows.map(([value]) => value) };
}

async function textOf(values: readonly unknown[]) {
  await typeAndValues(values);
  await bench.query("SET TimeZone = 'UTC'");
  return (await bench.query(`SELECT x::VARCHAR FROM '${bench.target}'`)).flat();
}

test.each([
  ["safe integers", [1, 9007199254740991, -5], "BIGINT", [1n, 9007199254740991n, -5n]],
  ["bigints", [2n ** 63n - 1n, -(2n ** 63n), 7], "BIGINT", [2n ** 63n - 1n, -(2n ** 63n), 7n]],
  ["large bigints", [2n ** 64n - 1n, 0], "UBIGINT", [2n ** 64n - 1n, 0n]],
  ["fractions among integers", [1, 0.1, 5e-324], "DOUBLE", [1, 0.1, 5e-324]],
  ["integers beyond 2^53", [1e20, 1], "DOUBLE", [1e20, 1]],
  [
    "the numbers that JSON has not",
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
    "DOUBLE",
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
  ],
  ["booleans", [true, false, null], "BOOLEAN", [true, false, null]],
  [
    "text that looks like something else",
    ["2020-01-01", "1", "null", "NaN", "true"],
    "VARCHAR",
    ["2020-01-01", "1", "null", "NaN", "true"],
  ],
  [
    "text of every kind",
    ["", "\0", "é😀\u2028\u2029", 'q"\\\n\t', "\\x41"],
    "VARCHAR",
    ["", "\0", "é😀\u2028\u2029", 'q"\\\n\t', "\\x41"],
  ],
  ["lists", [[1, 2.5, null], [], null], "DOUBLE[]", [[1, 2.5, null], [], null]],
  ["lists of nothing", [[], null], "VARCHAR[]", [[], null]],
  [
    "objects",
    [{ a: 1 }, { b: "x", a: null }, null, {}],
    "STRUCT(a BIGINT, b VARCHAR)",
    [{ a: 1n, b: null }, { a: null, b: "x" }, null, { a: null, b: null }],
  ],
  ["nothing", [null, undefined], "VARCHAR", [null, null]],
])("%s keep their values and get one type", async (_, given, type, values) => {
  expect(await typeAndValues(given)).toEqual({ type, values });
});

test("bigints beyond 64 bits are decimals", async () => {
  expect(await textOf([10n ** 37n + 1n, -1])).toEqual(["10000000000000000000000000000000000001", "-1"]);
  expect((await bench.failure(bench.rows([{ x: 10n ** 38n }]))).message).toContain(
    'The column "x" has a bigint of more than 38 digits',
  );
});

test("dates are instants, in any year that a table can hold", async () => {
  const dates = [
    "2024-02-29T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
    "-000044-03-15T00:00:00.000Z",
    "+012345-01-01T00:00:00.000Z",
  ];

  const { type, values } = await typeAndValues(dates.map((date) => new Date(date)));

  expect(type).toBe("TIMESTAMP WITH TIME ZONE");
  expect(values.map((value) => (value as Date).toISOString())).toEqual(dates);
});

test("bytes are kept, also inside lists and objects", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);

  const { type, values } = await typeAndValues([{ b: [bytes, new Uint8Array(0)] }, { b: [Buffer.from('\\x41"')] }]);

  expect(type).toBe("STRUCT(b BLOB[])");
  expect(values).toEqual([{ b: [Buffer.from(bytes), Buffer.alloc(0)] }, { b: [Buffer.from('\\x41"')] }]);
});

test("columns are those of all rows, also if the last row adds one", async () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => (id === 49_999 ? { id, late: 0.5 } : { id }));

  const { columns, values } = await bench.extract(bench.rows(rows));

  expect(columns).toEqual([
    { name: "id", type: "BIGINT" },
    { name: "late", type: "DOUBLE" },
  ]);
  expect(values.every(([id], index) => id === BigInt(index))).toBe(true);
  expect(values.at(-1)).toEqual([49_999n, 0.5]);
});

test("an async iterable is read once, for describe and extract together", async () => {
  let given = 0;
  async function* rows() {
    for (; given < 3; given += 1) yield { id: given };
  }
  const source = bench.rows(rows());

  expect(await source.describe(bench)).toEqual([{ name: "id", type: "BIGINT" }]);
  expect((await bench.extract(source, 1)).values).toEqual([[0n]]);
  expect((await bench.extract(source)).values).toEqual([[0n], [1n], [2n]]);
  expect((await bench.failure(source)).message).toContain("can be read once");
  expect(await bench.files()).not.toContainEqual(expect.stringMatching(/^rows-/));
});

test("a file can be given in place of objects", async () => {
  await bench.write("rows.jsonl", '{"a":1}\n{"a":2}\n');

  const source = bench.rows("rows.jsonl");

  expect((await bench.extract(source)).values).toEqual([[1n], [2n]]);
});

test("a row may be longer than 16 MiB", async () => {
  const long = "x".repeat(17_000_000);

  const { values } = await typeAndValues([long, "y"]);

  expect(values[0] === long).toBe(true);
});

test("column names that trouble SQL or JavaScript survive", async () => {
  const names = ["__proto__", "constructor", "a.b", 'q"q', "it's", " ", "😀", "select", "x\ny"];
  const row = Object.fromEntries(names.map((name, index) => [name, { [name]: index }]));

  const { columns, values } = await bench.extract(bench.rows([row]));

  expect(columns.map(({ name }) => name)).toEqual(names);
  expect(values[0]?.map((value) => Object.values(value as object)[0] ?? null)).toHaveLength(names.length);
});

test.each([
  ["", "an empty name"],
  ["\ud800", "half of a surrogate pair in its name"],
  ["a\0", "a NUL character in its name"],
])("the column name %j is rejected", async (name, problem) => {
  const error = await bench.failure(bench.rows([{ fine: 1 }, { s: { [name]: 1 } }]));

  expect(error.code).toBe("ROWS_INVALID");
  expect(error.message).toContain(`Row 1 has a column with ${problem}`);
});

test("mixed kinds are rejected with the first row of each and the fix", async () => {
  const error = await bench.failure(bench.rows([{ a: 1 }, { a: 2 }, { a: "x" }, { a: true }]));

  expect(error.code).toBe("ROWS_INVALID");
  expect(error.message).toContain('"a" mixes kinds: a whole number in row 0, a string in row 2, a boolean in row 3.');
  expect(error.message).toContain("String(value)");
});

test.each([
  [[{ s: { l: [1] } }, { s: { l: ["x"] } }], '"s.l[]" mixes kinds'],
  [[{ a: 0.5 }, { a: 1n }], "a number in row 0, a bigint in row 1"],
  [[{ a: { b: 1 } }, { a: [1] }], "JSON.stringify(value)"],
  [[{ a: new Map() }], 'Row 0, column "a", is an object of the class Map'],
  [[{ a: new Float32Array(2) }], "use Array.from(values)"],
  [[{ a: 1 }, { a: () => 1 }], 'Row 1, column "a", is a function'],
  [[{ a: Symbol("x") }], "is a symbol"],
  [[{ a: new Date(Number.NaN) }], "is an invalid Date"],
  [[{ a: new Date(-8.64e15) }], "a Date in the year -271821"],
  [[{ a: "\ud800" }], "half of a surrogate pair in its text"],
  [[{ a: 1, A: 2 }], "differ in case only"],
  [[{ a: {} }], "objects without any key"],
  [[{}, {}], "every row is an empty object"],
  [[[1]], "Row 0 is an array"],
  [[new (class Row {})()], "Row 0 is an object of the class Row"],
  [[], "There are no rows, so the columns are unknown"],
])("rejects %o", async (rows, message) => {
  const error = await bench.failure(bench.rows(rows as object[]));

  expect(error.code).toBe("ROWS_INVALID");
  expect(error.message).toContain(message);
});

test("a circular object is rejected", async () => {
  const row: Record<string, unknown> = {};
  row["self"] = row;

  expect((await bench.failure(bench.rows([row]))).message).toContain("or circular");
});

test("an error of the iterable is passed on, and nothing is left behind", async () => {
  function* rows() {
    yield { a: 1 };
    throw new Error("the cursor was closed");
  }

  const error = await bench.failure(bench.rows(rows()));

  expect(error.code).toBe("SOURCE_FAILED");
  expect(error.message).toContain("the cursor was closed");
  expect(await bench.files()).not.toContainEqual(expect.stringMatching(/^rows-/));
});

test("an iterable that hangs or never ends stops when the signal aborts", async () => {
  async function* hanging() {
    yield { a: 1 };
    await new Promise(() => {});
  }
  async function* endless() {
    for (let a = 0; ; a += 1) yield { a };
  }
  for (const rows of [hanging(), endless()]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 50);

    expect(await bench.failure(bench.rows(rows), controller.signal)).toBe(reason);
    expect(await bench.files()).not.toContainEqual(expect.stringMatching(/^rows-/));
  }
});

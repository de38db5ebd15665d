import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

/** Reads rows that are written as they are, one per line. */
async function read(lines: readonly string[]) {
  await bench.write("t.jsonl", `${lines.join("\n")}\n`);
  const warnings: string[] = [];
  const source = bench.sql("FROM t", { t: "t.jsonl" });
  const { path, columns } = await source.extract(bench.target, {
    signal: bench.signal,
    warn: (message) => warnings.push(message),
  });
  const described = await source.describe({ signal: bench.signal });
  expect(described).toEqual(columns);
  const types = Object.fromEntries(columns.map(({ name, type }) => [name, type]));
  const shown = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"::VARCHAR`);
  const values = await bench.query(`SELECT ${shown.join(", ")} FROM read_parquet('${path}')`);
  return { types, values, warnings };
}

/** One column `x`, whose values are shown as text. */
async function readColumn(values: readonly string[]) {
  const table = await read(values.map((value) => `{"x":${value}}`));
  return { type: table.types["x"], values: table.values.map(([value]) => value), warnings: table.warnings };
}

test.each([
  ["a date", '"2024-02-01"'],
  ["a timestamp", '"2024-02-01T10:00:00Z"'],
  ["a time", '"10:00:00"'],
  ["a UUID", '"6d3f5a4e-0000-4000-8000-000000000001"'],
  ["a number", '"007"'],
  ["true", '"true"'],
])("text that looks like %s stays text", async (_, value) => {
  expect(await readColumn([value, value])).toEqual({
    type: "VARCHAR",
    values: [JSON.parse(value), JSON.parse(value)],
    warnings: [],
  });
});

test.each([
  ["whole numbers", ["1", "-9223372036854775808", "9223372036854775807"], "BIGINT"],
  ["whole numbers up to 2^64", ["0", "18446744073709551615"], "UBIGINT"],
  ["whole numbers up to 38 digits", ["-1", "99999999999999999999999999999999999999"], "DECIMAL(38,0)"],
  ["whole numbers of 39 digits", ["-1", "999999999999999999999999999999999999999"], "VARCHAR"],
  ["fractions of 20 digits", ["0.12345678901234567891", "-7.00000000000000000001"], "DECIMAL(21,20)"],
  ["cents of many digits", ["1234567890123456.78", "0.01"], "DECIMAL(18,2)"],
  ["an id beyond 2^53 among fractions", ["9007199254740993.0", "0.5"], "DECIMAL(17,1)"],
  ["numbers beyond a double", ["1e400", "-2.5", "1e-400"], "VARCHAR"],
  ["a negative zero and many digits", ["-0.0", "0.1234567890123456789"], "VARCHAR"],
])("%s keep every digit", async (_, values, type) => {
  expect(await readColumn(values)).toMatchObject({ type, values: values.map((value) => paddedTo(type, value)) });
});

/** As DuckDB shows a DECIMAL. */
function paddedTo(type: string, value: string): string {
  const scale = Number(/,(\d+)\)/.exec(type)?.[1] ?? 0);
  const [whole = "", fraction = ""] = value.split(".");
  return scale === 0 ? value : `${whole}.${fraction.padEnd(scale, "0")}`;
}

test("whole numbers and fractions that are exact as doubles are doubles, -0.0, NaN and infinities included", async () => {
  await bench.write(
    "t.jsonl",
    '{"x":1}\n{"x":-0.0}\n{"x":-0}\n{"x":0.30000000000000004}\n{"x":1e5}\n{"x":NaN}\n{"x":-Infinity}\n{"x":5e-324}\n',
  );

  const { values, columns } = await bench.extract(bench.sql("FROM t", { t: "t.jsonl" }));

  expect(columns).toEqual([{ name: "x", type: "DOUBLE" }]);
  expect(values.flat()).toEqual([1, -0, -0, 0.30000000000000004, 1e5, Number.NaN, Number.NEGATIVE_INFINITY, 5e-324]);
});

test("a value of another kind after 300,000 rows makes the column text that holds the JSON of each value", async () => {
  const lines = Array.from({ length: 300_000 }, (_, index) => `{"id":${index},"x":${index}}`);
  await bench.write("t.jsonl", `${lines.join("\n")}\n{"id":300000,"x":"high"}\n`);
  const warnings: string[] = [];
  const source = bench.sql("SELECT x FROM t WHERE id IN (0, 299999, 300000)", { t: "t.jsonl" });

  await source.extract(bench.target, { signal: bench.signal, warn: (message) => warnings.push(message) });

  expect(await bench.query(`FROM read_parquet('${bench.target}')`)).toEqual([["0"], ["299999"], ["high"]]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /The values in "x" are of several kinds: a number \(first in line 1 of .*t\.jsonl\), text \(first in line 300001 of/,
    ),
  ]);
});

test("a field of several kinds is text: the JSON of each value, and of text the text itself", async () => {
  const values = [
    "2.50",
    '"high"',
    "true",
    '{ "a": [1, "b\\"\\\\"], "c": "é\\u00e9" }',
    "[1, null]",
    "null",
    '"null"',
    "1e5",
    "0.12345678901234567891",
  ];

  const { type, values: read } = await readColumn(values);

  expect(type).toBe("VARCHAR");
  expect(read).toEqual([
    "2.50",
    "high",
    "true",
    '{"a":[1,"b\\"\\\\"],"c":"é\\u00e9"}',
    "[1,null]",
    null,
    "null",
    "1e5",
    "0.12345678901234567891",
  ]);
});

test("true and numbers are never turned into each other", async () => {
  expect(await readColumn(["true", "1", "0.5"])).toMatchObject({ type: "VARCHAR", values: ["true", "1", "0.5"] });
});

test.each([
  ["lists without elements", ["[]", "null"], "VARCHAR[]", ["[]", null]],
  ["lists of nothing but null", ["[null]", "[]"], "VARCHAR[]", ["[NULL]", "[]"]],
  ["a null and a list", ["null", "[1,2.5]"], "DOUBLE[]", [null, "[1.0, 2.5]"]],
  [
    "lists of objects with other keys",
    ['[{"a":1}]', '[{"b":"x"},null]'],
    "STRUCT(a BIGINT, b VARCHAR)[]",
    ["[{'a': 1, 'b': NULL}]", "[{'a': NULL, 'b': x}, NULL]"],
  ],
  ["lists whose elements are of several kinds", ['[1, "a"]', "[]"], "VARCHAR", ['[1,"a"]', "[]"]],
  ["lists of which one has another kind", ["[1]", '["a"]'], "VARCHAR", ["[1]", '["a"]']],
  ["lists of long numbers", ["[18446744073709551615]", "[-1]"], "DECIMAL(38,0)[]", ["[18446744073709551615]", "[-1]"]],
  ["objects without keys", ["{}", "null"], "VARCHAR", ["{}", null]],
  [
    "objects with keys and without",
    ["{}", '{"a":{"b":1}}', "null"],
    "STRUCT(a STRUCT(b BIGINT))",
    ["{'a': NULL}", "{'a': {'b': 1}}", null],
  ],
  [
    "a field of several kinds in an object",
    ['{"a":1}', '{"a":{"b":2}}'],
    "STRUCT(a VARCHAR)",
    ["{'a': 1}", "{'a': '{\"b\":2}'}"],
  ],
  ["nothing but null", ["null", "null"], "VARCHAR", [null, null]],
])("%s", async (_, values, type, expected) => {
  expect(await readColumn(values)).toMatchObject({ type, values: expected });
});

test("a key that the last of 100,000 rows has first is a column", async () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `{"a":${index}}`);

  const { types, values } = await read([...lines, '{"a":0,"b":7}']);

  expect(types).toEqual({ a: "BIGINT", b: "BIGINT" });
  expect(values.at(-1)).toEqual(["0", "7"]);
});

test("rows that each have another key give a column for each", async () => {
  const { types, values } = await read(
    Array.from({ length: 301 }, (_, index) => `{"id":${index},"sensor_${index}":${index}.5}`),
  );

  expect(Object.keys(types)).toHaveLength(302);
  expect(new Set(Object.values(types))).toEqual(new Set(["BIGINT", "DOUBLE"]));
  expect(values[300]?.at(-1)).toBe("300.5");
});

test("an object with up to 1,000 different keys is a struct, and its numbers keep their digits", async () => {
  const { types, values } = await read([
    ...Array.from({ length: 999 }, (_, index) => `{"id":${index},"counts":{"k${index}":9007199254740993}}`),
    '{"id":999,"counts":{"k999":1.5}}',
  ]);

  expect(types["counts"]).toMatch(/^STRUCT\(k0 BIGINT, .*k998 BIGINT, k999 DOUBLE\)$/);
  expect(values[0]?.[1]).toContain("'k0': 9007199254740993");
});

test("an object with more is text that holds its JSON, and the warning says how to declare it", async () => {
  const lines = Array.from(
    { length: 1001 },
    (_, index) => `{"id":${index},"counts":{ "k${index}": 9007199254740993 }}`,
  );

  const { types, values, warnings } = await read(lines);

  expect(types).toEqual({ id: "BIGINT", counts: "VARCHAR" });
  expect(values[7]).toEqual(["7", '{"k7":9007199254740993}']);
  expect(warnings).toEqual([expect.stringContaining(`types: {"counts": 'MAP(VARCHAR, DOUBLE)'}`)]);
});

test("a table with more than 10,000 different keys is rejected, and the message says what to write", async () => {
  const lines = Array.from({ length: 10_001 }, (_, index) => `{"k${index}":1}`);
  await bench.write("t.jsonl", lines.join("\n"));

  const { message } = await bench.failure(bench.sql("FROM t", { t: "t.jsonl" }));

  expect(message).toMatch(
    /line 10001: with this row, the rows have more than 10000 different keys\. Write the keys .* as an object/,
  );
});

test("names with dots, quotes, blanks, other alphabets and the words of SQL are columns and fields", async () => {
  const names = ["a.b", 'q"uote', "it's", "select", "é", "😀", "back\\slash", "line\nfeed", "a b"];
  const object = JSON.stringify(Object.fromEntries(names.map((name, index) => [name, index])));

  const { types, values } = await read([object, `{"nested":${object}}`]);

  expect(Object.keys(types)).toEqual([...names, "nested"]);
  expect(values[0]?.slice(0, -1)).toEqual(names.map((_, index) => String(index)));
  expect(
    await bench.query(`SELECT nested['a.b'], nested['back\\slash'] FROM read_parquet('${bench.target}')`),
  ).toContainEqual([0n, 6n]);
});

test("escapes are read as their characters", async () => {
  const text = 'a\u0000b \u{1F600} é "\\/\b\t';
  const escaped = [...text].flatMap((character) =>
    character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );

  expect(await readColumn([`"${escaped.join("")}"`])).toMatchObject({ values: [text] });
});

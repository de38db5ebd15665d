import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableDefinition } from "../../../../../src/adapters/sources/tables/table-definition.ts";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
});

afterAll(() => bench.close());

async function read(table: TableDefinition) {
  return bench.extract(bench.sql("FROM t", { t: table }));
}

async function failure(name: string, content: string | Uint8Array) {
  await bench.write(name, content);
  return (await bench.failure(bench.sql("FROM t", { t: name }))).message;
}

const ROWS = [
  [1n, "x"],
  [2n, "y"],
];

test.each([
  ["lines.jsonl", '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'],
  ["no-last-line-feed.jsonl", '{"a":1,"b":"x"}\n{"a":2,"b":"y"}'],
  ["windows.jsonl", '{"a":1,"b":"x"}\r\n\r\n{"a":2,"b":"y"}\r\n'],
  ["blank-lines.jsonl", '\n{"a":1,"b":"x"}\n   \n\n{"a":2,"b":"y"}\n\n'],
  ["mark.jsonl", '\uFEFF{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'],
  ["one-line.jsonl", '{"a":1,"b":"x"} {"a":2,"b":"y"}'],
  ["pretty-lines.jsonl", '{\n  "a": 1,\n  "b": "x"\n}\n{\n  "a": 2,\n  "b": "y"\n}\n'],
  ["array.json", '[{"a":1,"b":"x"},{"a":2,"b":"y"}]'],
  [
    "pretty-array.json",
    JSON.stringify(
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
      null,
      2,
    ),
  ],
  ["marked-array.json", '\uFEFF[{"a":1,"b":"x"},{"a":2,"b":"y"}]'],
  ["two-arrays.json", '[{"a":1,"b":"x"}]\n[{"a":2,"b":"y"}]\n'],
  ["gzip-by-content.jsonl", gzipSync('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n')],
  ["zstd-by-content.json", zstdCompressSync('[{"a":1,"b":"x"},{"a":2,"b":"y"}]')],
  ["plain-by-content.jsonl.gz", '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n'],
  ["joined.jsonl.gz", Buffer.concat([gzipSync('{"a":1,"b":"x"}\n'), gzipSync('{"a":2,"b":"y"}\n')])],
])("reads %s", async (name, content) => {
  await bench.write(name, content);

  const { values, columns } = await read(name);

  expect(values).toEqual(ROWS);
  expect(columns).toEqual([
    { name: "a", type: "BIGINT" },
    { name: "b", type: "VARCHAR" },
  ]);
});

test("files of one table may be written in other ways, and are read in the order of their names", async () => {
  await mkdir(join(bench.folder, "ways"));
  await bench.write("ways/1.jsonl", '{"a":1}\n');
  await bench.write("ways/2.json.gz", gzipSync('[{"a":2.5,"b":true}]'));
  await bench.write("ways/3.ndjson", " \n");
  await bench.write("ways/4.json", '{\n"b": false\n}');

  const { values, columns } = await read({ path: "ways", format: "json" });

  expect(columns.map(({ type }) => type)).toEqual(["DOUBLE", "BOOLEAN"]);
  expect(values).toEqual([
    [1, null],
    [2.5, true],
    [null, false],
  ]);
});

test("folders named key=value are columns, also of files that are written again to be read", async () => {
  for (const [day, value] of [
    ["2024-01-01", "1"],
    ["2024-01-02", '"x"'],
  ] as const) {
    await mkdir(join(bench.folder, `days/ds=${day}`), { recursive: true });
    await bench.write(`days/ds=${day}/part.jsonl`, `{"a":${value}}\n`);
  }

  const { columns } = await read("days");

  expect(columns.map(({ name }) => name)).toEqual(["a", "ds"]);
  expect(await bench.query(`SELECT a, ds::VARCHAR FROM read_parquet('${bench.target}')`)).toEqual([
    ["1", "2024-01-01"],
    ["x", "2024-01-02"],
  ]);
});

test.each([
  ["a key twice", '{"a":1}\n{"a":1,"b":2,"a":3}\n', 'line 2: an object has the key "a" twice'],
  ["a key twice in an object", '{"a":1}\n\n{"a":[{"x":1,"x":2}]}\n', 'line 3: an object has the key "a[].x" twice'],
  [
    "keys that differ in case only",
    '{"Score":1}\n{"score":2}\n',
    'line 2: it has the keys "Score" and "score", which differ in case only',
  ],
  [
    "such keys in an object",
    '{"a":{"X":1}}\n{"a":{"x":2}}\n',
    'line 2: it has the keys "a.X" and "a.x", which differ in case only',
  ],
  ["an empty key", '{"a":1}\n{"":2}\n', "line 2: it has an empty key"],
  [
    "a line that is a list",
    '{"a":1}\n[1,2]\n',
    'line 2: it is not valid JSON: expected a row, which is an object ({"column": value}), found 1',
  ],
  ["a line that is a number", '{"a":1}\n5\n', "line 2: it is not valid JSON: expected a row"],
  ["a line that is null", '{"a":1}\nnull\n', "line 2: it is not valid JSON: expected a row"],
  ["a line that is no JSON", '{"a":1}\nhello world\n', "found hello"],
  ["a last line that is cut off", '{"a":1}\n{"a":', "line 2: the file ends inside of this row, so it was cut off"],
  [
    "a line in the middle that is cut off",
    '{"a":1}\n{"a":2\n{"a":3}\n',
    'line 3: it is not valid JSON: expected "," or "}", found {. The row begins in line 2.',
  ],
  ["a text that is cut off", '{"a":1}\n{"a":"x\n{"a":"y"}\n', "line 2: a text is not closed at the end of the line"],
  [
    "an array that is cut off",
    '[\n{"a":1},\n{"a":2}\n',
    "the array that begins in line 1 is not closed, so the file was cut off",
  ],
  ["something after the array", '[{"a":1}]\nxyz', "line 2: it is not valid JSON: expected a row"],
  [
    "no comma between rows of an array",
    '[{"a":1}\n{"a":2}]',
    'line 2: it is not valid JSON: expected "," or "]" after a row, found {',
  ],
  ["a comma before the end", '{"a":1,}\n', "line 1: it is not valid JSON: expected a key in quotes, found }"],
  [
    "bytes that are not UTF-8",
    Buffer.from('{"a":"x"}\n{"a":"Köln"}\n', "latin1"),
    "line 2: it has bytes that are not UTF-8",
  ],
  ["UTF-16", Buffer.from('\uFEFF{"a":1}\n', "utf16le"), "line 1: it is UTF-16, and JSON is UTF-8"],
  [
    "NUL bytes",
    '{"a":1}\n\0\0\0',
    'line 2: it is not valid JSON: expected a row, which is an object ({"column": value}), found a NUL byte',
  ],
  ["a NUL byte in a text", '{"a":"x\0y"}\n', "line 1: it has a control character in a text. Write it as \\u0000"],
  ["half of a surrogate pair", '{"a":"\\ud83d"}\n', "line 1: it has half of a surrogate pair in a text (\\ud83d)"],
  [
    "zeros before a number",
    '{"a":007}\n',
    'line 1: it has 007, and a number of JSON has no zeros at its beginning. Write it as text, "007"',
  ],
  ["a word of Python", '{"a":True}\n', "line 1: it is not valid JSON: expected a value, found True"],
  [
    "65 levels",
    `{"a":1}\n{"a":${"[".repeat(64)}${"]".repeat(64)}}\n`,
    "line 2: it has values that are nested deeper than 64 levels",
  ],
  ["gzip that is cut off", gzipSync('{"a":1}\n'.repeat(1000)).subarray(0, 40), "its gzip bytes are damaged or cut off"],
])("rejects %s, and names the file and the line", async (_, content, problem) => {
  const message = await failure("bad.jsonl", content);

  expect(message).toContain('The table "t" (');
  expect(message).toContain("bad.jsonl) cannot be read: ");
  expect(message).toContain(problem);
});

test.each([
  ["[]", "it has no rows, so its columns are unknown. Declare them"],
  ["", "the file is empty (0 bytes)"],
  ["{}", "its rows are objects without a key, so its columns are unknown"],
])("a table without columns is rejected: %j", async (content, problem) => {
  expect(await failure("none.json", content)).toContain(problem);
});

test.each(["[]", "", " \n"])("a table without rows has the columns that are declared: %j", async (content) => {
  await bench.write("none.json", content);

  const { columns, values } = await read({ path: "none.json", types: { id: "BIGINT", at: "DATE" } });

  expect(values).toEqual([]);
  expect(columns).toEqual([
    { name: "id", type: "BIGINT" },
    { name: "at", type: "DATE" },
  ]);
});

test.each([
  ["as it is", '"y"'],
  ["written again", "3"],
])("a row of 20 MB is read, %s", async (_, second) => {
  await bench.write("long.jsonl", `{"id":1,"image":"${"x".repeat(20_000_000)}"}\n{"id":2,"image":${second}}\n`);

  const { values } = await bench.extract(bench.sql("SELECT id, length(image) AS n FROM t", { t: "long.jsonl" }));

  expect(values).toEqual([
    [1n, 20_000_000n],
    [2n, 1n],
  ]);
});

test("a file that is written again between two calls is surveyed again", async () => {
  const path = await bench.write("changing.jsonl", '{"a":1}\n');
  const source = bench.sql("FROM t", { t: path });
  expect(await source.describe({ signal: bench.signal })).toEqual([{ name: "a", type: "BIGINT" }]);

  await bench.write("changing.jsonl", '{"a":"1"}\n');

  expect((await bench.extract(source)).values).toEqual([["1"]]);
});

test("what is written again to be read is removed", async () => {
  await bench.write("mixed.jsonl", '{"a":1}\n{"a":"x"}\n');

  await read("mixed.jsonl");

  expect((await bench.files()).filter((name) => name.endsWith(".jsonl.jsonl"))).toEqual([]);
});

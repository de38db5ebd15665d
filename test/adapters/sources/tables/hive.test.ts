import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TableDefinition } from "../../../../src/adapters/sources/tables/table-definition.ts";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeEach(async () => {
  bench = await openSourceBench();
});

afterEach(() => bench.close());

async function writeTree(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(bench.folder, file)), { recursive: true });
    await bench.write(file, text);
  }
}

/** A table of a file in each of these folders. */
async function partitions(...values: readonly string[]): Promise<void> {
  await writeTree(Object.fromEntries(values.map((value, index) => [`t/k=${value}/f.csv`, `id\n${index}\n`])));
}

async function read(table: TableDefinition = "t", sql = "FROM t ORDER BY id") {
  const { columns } = await bench.extract(bench.sql(sql, { t: table }));
  const values = await bench.query(`SELECT k::VARCHAR FROM '${bench.target}'`);
  return { type: columns.find(({ name }) => name === "k")?.type, values: values.map(([value]) => value) };
}

async function failure(table: TableDefinition = "t") {
  return bench.failure(bench.sql("FROM t", { t: table }));
}

test.each([
  ["BIGINT", ["0", "-5", "9223372036854775807", "__HIVE_DEFAULT_PARTITION__"]],
  ["DATE", ["2024-05-01", "__HIVE_DEFAULT_PARTITION__", "2024-02-29"]],
  ["TIMESTAMP", ["2024-05-01 06%3A30%3A00", "2024-05-01 00:00:00.5"]],
  ["BOOLEAN", ["true", "false"]],
  ["VARCHAR", ["007"]],
  ["VARCHAR", ["1e5", "NO", "yes", "T", "0x1F", "+5", "-0", "1_000", "1.50"]],
  ["VARCHAR", ["9223372036854775808"]],
  ["VARCHAR", ["2024-5-1"]],
  ["VARCHAR", ["2024-02-30"]],
  ["VARCHAR", ["01.02.03"]],
  ["VARCHAR", ["2024-05-01", "latest"]],
  ["VARCHAR", ["5", ""]],
  ["VARCHAR", ["NULL", "null", "", "None", "__HIVE_DEFAULT_PARTITION__"]],
])("the values of folders are %s only if each is written as one: %j", async (type, folders) => {
  await partitions(...folders);

  const found = await read();

  expect(found.type).toBe(type);
  expect(found.values).toEqual(
    folders.map((value) => (value === "__HIVE_DEFAULT_PARTITION__" ? null : decodeURIComponent(value))),
  );
});

test("percent-encoded values are decoded, and others are what they are", async () => {
  await partitions("a%2Fb", "caf%C3%A9", "x=y", "a+b", "%", "%zz", "100%25", "%ff");

  expect((await read()).values).toEqual(["a/b", "café", "x=y", "a+b", "%", "%zz", "100%", "%ff"]);
});

test("only the folders below the path are columns, unless `hive: true` asks for those that end the path", async () => {
  await writeTree({ "env=prod/t/k=1/f.csv": "id\n1\n", "env=prod/t/k=2/f.csv": "id\n2\n" });
  const names = async (table: TableDefinition) =>
    (await bench.extract(bench.sql("FROM t", { t: table }))).columns.map(({ name }) => name);

  expect(await names("env=prod/t")).toEqual(["id", "k"]);
  expect(await names("env=prod/t/k=1")).toEqual(["id"]);
  for (const path of ["env=prod/t/k=1", "env=prod/t/k=1/f.csv", "env=prod/t/k=1/*.csv"]) {
    expect(await names({ path, hive: true }), path).toEqual(["id", "k"]);
  }
  expect(await names({ path: "env=prod/t", hive: false })).toEqual(["id"]);
});

test("files whose folders name other columns are named", async () => {
  await writeTree({ "t/k=1/f.csv": "id\n1\n", "t/f.csv": "id\n2\n" });
  expect((await failure()).message).toMatch(
    /t\/k=1\/f\.csv\) cannot be read: its folders give "k", and those of .*t\/f\.csv give no column/,
  );

  await writeTree({ "twice/k=1/K=2/f.csv": "id\n1\n" });
  expect((await failure("twice")).message).toContain('two of its folders are named "K=…", case ignored');
});

test("a column that is in the files, too, has to have the values of the folders", async () => {
  await writeTree({ "t/k=2024-05-01/f.csv": "id,k\n1,2024-05-01\n", "t/k=2024-05-02/f.csv": "id,k\n2,2024-05-02\n" });
  expect(await read()).toEqual({ type: "DATE", values: ["2024-05-01", "2024-05-02"] });
  expect((await bench.extract(bench.sql("FROM t", { t: "t" }))).columns.map(({ name }) => name)).toEqual(["id", "k"]);

  await writeTree({ "t/k=2024-05-02/f.csv": "id,k\n2,2024-05-01\n" });
  expect((await failure()).message).toMatch(
    /k=2024-05-02\/f\.csv\) cannot be read: its column "k" has other values than its folder "k=…" says/,
  );
});

test("folders of Parquet files of several types name columns, too", async () => {
  await writeTree({ "t/k=01/x": "", "t/k=02/x": "" });
  await bench.query(`COPY (SELECT 9007199254740993 AS id) TO '${bench.folder}/t/k=01/f.parquet'`);
  await bench.query(`COPY (SELECT 7::DOUBLE AS id) TO '${bench.folder}/t/k=02/f.parquet'`);

  const { values } = await bench.extract(bench.sql("FROM t", { t: "t/*/*.parquet" }));

  expect(values).toEqual([
    [9007199254740993n, "01"],
    [7n, "02"],
  ]);
});

test("a condition on the folders' column opens no other file", async () => {
  await writeTree({ "p/k=2024-05-01/x": "", "p/k=2024-05-02/x": "" });
  await bench.query(`COPY (SELECT range AS id FROM range(100000)) TO '${bench.folder}/p/k=2024-05-01/f.parquet'`);
  await bench.query(`COPY (SELECT 5 AS id) TO '${bench.folder}/p/k=2024-05-02/f.parquet'`);
  // The rows of the other partition are damaged, its footer is not.
  const damaged = join(bench.folder, "p/k=2024-05-01/f.parquet");
  await writeFile(damaged, (await readFile(damaged)).fill(7, 100, 3000));

  const { values } = await bench.extract(bench.sql("SELECT id FROM t WHERE k = '2024-05-02'", { t: "p/*/*.parquet" }));

  expect(values).toEqual([[5n]]);
});

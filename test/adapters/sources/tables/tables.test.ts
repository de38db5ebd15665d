import { mkdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import pl from "nodejs-polars";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TableDefinition } from "../../../../src/adapters/sources/tables/table-definition.ts";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

const CSV = 'id,name\n1,"x, ""y"""\n2,it\'s\n';
const LINES = '{"id":1,"name":"x, \\"y\\""}\n{"id":2,"name":"it\'s"}\n';
const ROWS = [
  [1n, 'x, "y"'],
  [2n, "it's"],
];

beforeAll(async () => {
  bench = await openSourceBench();
  await mkdir(join(bench.folder, "parts"));
});

afterAll(() => bench.close());

async function read(table: TableDefinition) {
  return bench.extract(bench.sql("FROM t", { t: table }));
}

async function failure(table: TableDefinition) {
  return bench.failure(bench.sql("FROM t", { t: table }));
}

test.each([
  ["plain.csv", CSV],
  ["packed.csv.gz", gzipSync(CSV)],
  ["packed.csv.zst", zstdCompressSync(CSV)],
  ["semicolons.csv", CSV.replace("id,name", "id;name").replace("1,", "1;").replace("2,", "2;")],
  ["windows.csv", `\uFEFF${CSV.replaceAll("\n", "\r\n")}`],
  ["tabs.tsv", CSV.replace("id,name", "id\tname").replace("1,", "1\t").replace("2,", "2\t")],
  ["array.json", `[${LINES.trim().replace("\n", ",\n")}]`],
  ["lines.json", LINES],
  ["lines.jsonl", LINES],
  ["packed.ndjson.gz", gzipSync(LINES)],
  ["packed.jsonl.zst", zstdCompressSync(LINES)],
])("reads %s", async (name, content) => {
  await bench.write(name, content);

  const { values, columns } = await read(name);

  expect(values).toEqual(ROWS);
  expect(columns).toEqual([
    { name: "id", type: "BIGINT" },
    { name: "name", type: "VARCHAR" },
  ]);
});

test("reads a Parquet file whose name has the characters of a glob", async () => {
  await bench.query(`COPY (SELECT 1 AS a) TO '${join(bench.folder, "x1.parquet")}'`);
  await bench.query(`COPY (SELECT 2 AS a) TO '${join(bench.folder, "x[1].parquet")}'`);

  expect((await read("x[1].parquet")).values).toEqual([[2]]);
});

test("reads the files of a glob and of a folder by column name, in the order of their names", async () => {
  await bench.write("parts/p1.csv", "a,b\n1,2\n");
  await bench.write("parts/p2.csv", "b,a\n20,10\n");
  await bench.write("parts/p3.csv", "");
  await bench.write("parts/_SUCCESS", "");

  for (const path of ["parts", "parts/*.csv", "parts/p[12].csv"]) {
    expect((await read(path)).values, path).toEqual([
      [1n, 2n],
      [10n, 20n],
    ]);
  }
});

test("makes columns of folders named key=value, unless the job says not to", async () => {
  const folder = join(bench.folder, "by-day");
  await bench.query(
    `COPY (SELECT 1 AS a, '2024-01-02' AS ds, 7 AS k) TO '${folder}' (FORMAT parquet, PARTITION_BY (ds, k))`,
  );

  const names = async (table: TableDefinition) => (await read(table)).columns.map(({ name }) => name);
  expect(await names("by-day")).toEqual(["a", "ds", "k"]);
  expect(await names("by-day/ds=*/**/*.parquet")).toEqual(["a", "ds", "k"]);
  expect(await names({ path: "by-day", hive: false })).toEqual(["a"]);
  expect(await names("by-day/ds=2024-01-02/k=7")).toEqual(["a"]);
});

test("a partition's folder may begin with an underscore, and what a writer leaves with the data is ignored", async () => {
  for (const path of ["underscore/_day=1", "underscore/_temporary", "underscore/.hidden=1"]) {
    await mkdir(join(bench.folder, path), { recursive: true });
    await bench.query(`COPY (SELECT 5 AS a) TO '${join(bench.folder, path)}/part.parquet'`);
  }

  const { columns, values } = await bench.extract(bench.sql("FROM t", { t: "underscore" }));

  expect(columns.map(({ name }) => name)).toEqual(["a", "_day"]);
  expect(values).toEqual([[5, 1n]]);
});

test("a Parquet file whose names differ in case only is rejected, because one of them would be renamed", async () => {
  const path = join(bench.folder, "case.parquet");
  pl.DataFrame({ Score: [1], b: [2], score: [3] }).writeParquet(path);

  const error = await bench.failure(bench.sql("SELECT b FROM t", { t: path }));

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain('the columns "Score" and "score", which differ in case only');
  const nested = "SELECT {'A': 1, 'x': [{'a': 2}]} AS s, 3 AS a, MAP {'a': 4} AS m";
  await bench.query(`COPY (${nested}) TO '${join(bench.folder, "nested.parquet")}'`);
  expect((await bench.extract(bench.sql("FROM t", { t: "nested.parquet" }))).columns.map(({ name }) => name)).toEqual([
    "s",
    "a",
    "m",
  ]);
});

test("reads the only table of a DuckDB file, or the one that is chosen", async () => {
  const path = join(bench.folder, "my tables.duckdb");
  await bench.query(`ATTACH '${path}' AS mine`);
  await bench.query("CREATE TABLE mine.one AS SELECT 1 AS a");
  await bench.query("DETACH mine");
  expect((await read("my tables.duckdb")).values).toEqual([[1]]);

  await bench.query(`ATTACH '${path}' AS mine`);
  await bench.query("CREATE SCHEMA mine.s");
  await bench.query("CREATE TABLE mine.s.two AS SELECT 2 AS a");
  await bench.query("DETACH mine");
  expect((await read({ path, table: "s.two" })).values).toEqual([[2]]);
  expect((await failure(path)).message).toContain("it has 2 tables. Choose one with `table`: one, s.two.");
  expect((await failure({ path, table: "three" })).message).toContain('it has no table "three"');
});

test("two tables may come from one DuckDB file, which is not changed", async () => {
  const path = join(bench.folder, "shared.duckdb");
  await bench.query(`ATTACH '${path}' AS shared`);
  await bench.query("CREATE TABLE shared.a AS SELECT 1 AS x");
  await bench.query("CREATE TABLE shared.b AS SELECT 2 AS y");
  await bench.query("DETACH shared");

  const tables = { a: { path, table: "a" }, b: { path, table: "b" } };
  expect((await bench.extract(bench.sql("SELECT x, y FROM a, b", tables))).values).toEqual([[1, 2]]);
  expect((await bench.failure(bench.sql("DELETE FROM a", tables))).code).toBe("SQL_INVALID");
});

test("a table's name may be anything that SQL can quote", async () => {
  await bench.write("plain.csv", CSV);

  const { rows } = await bench.extract(bench.sql('FROM "we ""ird"', { 'we "ird': "plain.csv" }));

  expect(rows).toBe(2);
});

test("the format can be declared if the name does not show it", async () => {
  await bench.write("export.txt", CSV);

  expect((await failure("export.txt")).message).toContain("Give the table a `format` (parquet, csv,");
  expect((await read({ path: "export.txt", format: "csv" })).values).toEqual(ROWS);
});

test("a missing file is named with its absolute path and the nearest name", async () => {
  await bench.write("flights.csv", CSV);

  const error = await failure("fligths.csv");

  expect(error.code).toBe("TABLE_NOT_FOUND");
  expect(error.message).toContain('The table "t"');
  expect(error.message).toContain(`${join(bench.folder, "fligths.csv")} does not exist`);
  expect(error.message).toContain(join(bench.folder, "flights.csv"));
});

test("a missing folder and a glob without a file have different messages", async () => {
  expect((await failure("nowhere/x.csv")).message).toContain(
    `Its folder ${join(bench.folder, "nowhere")} does not exist`,
  );
  expect((await failure("*.nothing")).message).toContain(`no file matches ${join(bench.folder, "*.nothing")}`);
});

test("a remote path is rejected without repeating what may be a credential", async () => {
  const error = await failure("s3://key:secret@bucket/x.parquet");

  expect(error.message).toContain("s3:// paths are not read by this source");
  expect(JSON.stringify(error)).not.toContain("secret");
});

test("a truncated Parquet file is unreadable", async () => {
  const path = join(bench.folder, "truncated.parquet");
  await bench.query(`COPY (FROM range(100000)) TO '${path}'`);
  await truncate(path, 5000);

  const error = await failure(path);

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain(`"t" (${path}) cannot be read: No magic bytes found`);
});

test("bytes that turn out to be damaged while the query runs are the table's fault, not the SQL's", async () => {
  const path = join(bench.folder, "damaged.parquet");
  await bench.query(`COPY (SELECT range AS a FROM range(100000)) TO '${path}'`);
  const bytes = await readFile(path);
  await bench.write("damaged.parquet", bytes.fill(7, 100, 3000));

  const error = await bench.failure(bench.sql("SELECT sum(a) AS s FROM t", { t: path }));

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain(`"t" (${path})`);
});

test.each(["empty.csv", "empty.parquet", "empty.jsonl"])("an empty file is unreadable: %s", async (name) => {
  await bench.write(name, "");

  expect((await failure(name)).message).toContain("the file is empty (0 bytes)");
});

test("two tables whose names differ in case only are rejected", async () => {
  await bench.write("plain.csv", CSV);

  const error = await bench.failure(bench.sql("FROM t", { t: "plain.csv", T: "plain.csv" }));

  expect(error.message).toContain('The tables "t" and "T" differ in case only');
});

test("a table that the SQL does not use is not read, so its file can be read in the SQL instead", async () => {
  await bench.write("ragged.csv", "a,b\n1,2\n3,4,5\n");

  const source = bench.sql(
    "-- FROM ragged\nSELECT c0 FROM read_csv('ragged.csv', columns = {'c0': 'INT', 'c1': 'INT'}, ignore_errors = true)",
    {
      ragged: "ragged.csv",
      missing: "missing.csv",
    },
  );

  expect((await bench.extract(source)).values).toEqual([[1]]);
});

test.each([
  "FROM T",
  'FROM "t"',
  "FROM 't'",
  "FROM main.t",
  "FROM query_table('t')",
  "WITH u AS (FROM t) FROM u",
  "FROM query('FR' || 'OM t')",
])("a table is found however the SQL writes its name: %s", async (sql) => {
  await bench.write("plain.csv", CSV);

  expect((await bench.extract(bench.sql(sql, { t: "plain.csv" }))).values).toEqual(ROWS);
});

test.each([
  [
    "people.parquet",
    { types: { id: "BIGINT" } },
    "`types` is an option of csv, tsv, json, jsonl: cast the columns in the SQL",
  ],
  ["people.jsonl", { header: true }, "`header` is an option of csv, tsv: remove it"],
  ["people.csv", { table: "people" }, "`table` is an option of duckdb: remove it"],
])("an option that another format has is rejected and not ignored: %s", async (path, options, problem) => {
  await bench.query(`COPY (SELECT 1 AS id) TO '${join(bench.folder, "people.parquet")}'`);
  await bench.write("people.jsonl", '{"id":1}\n');
  await bench.write("people.csv", "id\n1\n");

  const error = await failure({ path, ...options });

  expect(error.code).toBe("JOB_INVALID");
  expect(error.message).toContain(problem);
});

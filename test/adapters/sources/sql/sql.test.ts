import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeAll(async () => {
  bench = await openSourceBench();
  await bench.write("flights.csv", "delay,distance\n1,2\n3,4\n");
});

afterAll(() => bench.close());

const tables = { flights: "flights.csv" };

test("the order of ORDER BY is kept at a million rows", async () => {
  const source = bench.sql("SELECT range AS id, hash(range) AS key FROM range(1000000) ORDER BY key DESC");

  expect((await source.extract(bench.target, { signal: bench.signal })).rows).toBe(1_000_000);
  const [outOfOrder] = await bench.query(
    `SELECT count(*) FROM (SELECT key, lag(key) OVER (ORDER BY file_row_number) AS before
     FROM read_parquet('${bench.target}', file_row_number = true)) WHERE before < key`,
  );
  expect(outOfOrder).toEqual([0n]);
});

test("a result that is larger than the memory limit is sorted and written", async () => {
  const wide = "SELECT range AS id, repeat('x', 100) || range AS text FROM range(3000000) ORDER BY text DESC";

  const { rows } = await bench.sql(wide, {}, { memoryLimitMb: 150 }).extract(bench.target, { signal: bench.signal });

  expect(rows).toBe(3_000_000);
  expect(await bench.query(`SELECT id FROM '${bench.target}' LIMIT 2`)).toEqual([[999_999n], [999_998n]]);
});

test("a query that does not fit in a limit of the user's fails with the limit", async () => {
  const everything = "SELECT list(range) AS l FROM range(20000000)";

  const error = await bench.failure(bench.sql(everything, {}, { memoryLimitMb: 60 }));

  expect(error.code).toBe("SOURCE_FAILED");
  expect(error.message).toContain("more than its memory limit of 60 MB");
});

test("a query that does not fit in the first limit is given more, where the user set none", async () => {
  const heavy = "SELECT max(len(l)) AS longest FROM (SELECT list(range) AS l FROM range(20000000) GROUP BY range % 2)";

  expect((await bench.extract(bench.sql(heavy))).values).toEqual([[10_000_000n]]);
});

test("describe returns the columns that extract writes, and reads no rows", async () => {
  const endless = bench.sql("SELECT range AS id, uuid() AS u, [1::HUGEINT] AS h FROM range(100000000000)");
  expect(await endless.describe(bench)).toEqual([
    { name: "id", type: "BIGINT" },
    { name: "u", type: "VARCHAR" },
    { name: "h", type: "BIGINT[]" },
  ]);
});

test("a limit keeps the first rows of the query's order", async () => {
  const source = bench.sql("FROM flights ORDER BY delay DESC", tables);

  expect((await bench.extract(source, 1)).values).toEqual([[3n, 4n]]);
});

test("no rows are an empty table with columns", async () => {
  const { rows, columns, values } = await bench.extract(bench.sql("FROM flights WHERE delay > 9", tables));

  expect({ rows, values }).toEqual({ rows: 0, values: [] });
  expect(columns).toEqual([
    { name: "delay", type: "BIGINT" },
    { name: "distance", type: "BIGINT" },
  ]);
});

test.each([
  "SELECT 1 AS a; -- the end",
  "SELECT 1 AS a -- no line break",
  "WITH x AS (SELECT 1 AS a) FROM x /* ; */ ;",
  "SELECT 1 AS a WHERE ';' = $$;$$ AND E'\\';' <> ''",
  "VALUES (1)",
])("takes one query, however it ends: %s", async (sql) => {
  expect((await bench.extract(bench.sql(sql))).values).toEqual([[1]]);
});

test("paths in the SQL are relative to the base directory, too", async () => {
  expect((await bench.extract(bench.sql("FROM read_csv('flights.csv')"))).rows).toBe(2);
});

test("answers do not depend on the machine's time zone", async () => {
  expect((await bench.extract(bench.sql("SELECT current_setting('TimeZone') AS z"))).values).toEqual([["UTC"]]);
});

test.each([
  ["SELECT 1; SELECT 2", "has 2 statements"],
  ["PIVOT flights ON delay USING sum(distance)", "list them with IN"],
  ["", "The SQL is empty"],
  [" -- nothing\n;", "The SQL is empty"],
  ["COPY (SELECT 1) TO 'stolen.csv'", "this SQL is COPY"],
  ["CREATE TABLE x AS SELECT 1", "this SQL is CREATE"],
  ["SET threads = 1", "this SQL is SET"],
  ["PRAGMA version", "this SQL is PRAGMA"],
  ["EXPLAIN SELECT 1", "this SQL is EXPLAIN"],
  ["ATTACH 'x.duckdb'", "this SQL is ATTACH"],
  ["SELECT $day", "write $day and set source.parameters"],
  ["SELECT 1\0; DROP", "NUL character"],
  ["SELECT 1 AS a, 2 AS a", 'two columns named "a": give one of them another name with AS'],
  ["SELECT 1 AS a, 2 AS A", 'the columns "a" and "A", which differ in case only'],
])("rejects %j", async (sql, reason) => {
  const error = await bench.failure(bench.sql(sql, tables));

  expect(error.code).toBe("SQL_INVALID");
  expect(error.message).toContain(reason);
  expect(existsSync("stolen.csv") || existsSync(join(bench.folder, "stolen.csv"))).toBe(false);
});

test("a mistake is shown at its line and column, with the tables that there are", async () => {
  const error = await bench.failure(bench.sql("SELECT delay,\n  '😀', distanz\nFROM flights", tables));

  expect(error.code).toBe("SQL_INVALID");
  expect(error.message).toContain("at line 2, column 8");
  expect(error.message).toContain(["  2 |   '😀', distanz", "             ^"].join("\n"));
  expect(error.message).toContain('"distance"');
  expect(error.message).toContain("Tables: flights.");
});

test("an unknown table is answered with the tables, not with DuckDB's own", async () => {
  const one = await bench.failure(bench.sql("FROM flight", tables));
  const none = await bench.failure(bench.sql("FROM nope"));

  expect(one.message).toContain('Did you mean "flights"?');
  expect(none.message).not.toContain("pg_");
  expect(none.message).toContain("The job names no tables");
});

test("a value that cannot be cast is shown at the cast", async () => {
  const error = await bench.failure(bench.sql("SELECT delay,\n  (delay || 'x')::INT AS i\nFROM flights", tables));

  expect(error.code).toBe("SOURCE_FAILED");
  expect(error.message).toContain("Could not convert string '1x' to INT32 (line 2, column 17 of the SQL)");
});

test("remote files and extensions are rejected, and nothing is downloaded", async () => {
  const remote = await bench.failure(bench.sql("FROM 'https://key:secret@example.org/x.parquet'"));
  const spatial = await bench.failure(bench.sql("FROM st_read('x')"));

  expect(remote.message).toContain("reads a remote file");
  expect(JSON.stringify(remote)).not.toContain("secret");
  expect(spatial.message).toContain('extension "spatial", which is not built in');
});

test("an aborted extraction stops with the signal's reason and leaves no file", async () => {
  for (const wait of [0, 30, 200]) {
    const controller = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), wait);

    const error = await bench.failure(bench.sql("FROM range(30000000000)"), controller.signal);

    expect(error).toBe(reason);
    expect(await bench.files()).not.toContainEqual(expect.stringMatching(/unfinished|duckdb-/));
  }
});

test("a failed extraction leaves the former file as it was", async () => {
  await bench.extract(bench.sql("SELECT 1 AS a"));

  await bench.failure(bench.sql("SELECT error('no') AS a FROM flights", tables));

  expect(await bench.query(`FROM '${bench.target}'`)).toEqual([[1]]);
});

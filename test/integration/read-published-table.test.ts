import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSqlSource } from "../../src/adapters/sources/sql/sql-source.ts";
import type { TableDefinition } from "../../src/adapters/sources/tables/table-definition.ts";
import type { ScoreframeError } from "../../src/core/errors/scoreframe-error.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

let folder: string;
let engine: Engine;

/** Each type that a table can have, with values that a guess would change. */
const COLUMNS: Readonly<Record<string, readonly [type: string, ...values: string[]]>> = {
  note: ["VARCHAR", "''", "NULL", `'a,"b"\n#c'`, "' x '"],
  code: ["VARCHAR", "'007'", "'12E5'", "'0x1F'", "'1.10'"],
  flag: ["VARCHAR", "NULL", "'NO'", "'true'", "''"],
  day_text: ["VARCHAR", "'2024-05-01'", "'24.04.1'", "NULL", "'10:00'"],
  truth: ["BOOLEAN", "true", "NULL", "false", "true"],
  tiny: ["TINYINT", "-128", "NULL", "127", "0"],
  small: ["SMALLINT", "-32768", "NULL", "32767", "0"],
  int: ["INTEGER", "-2147483648", "NULL", "2147483647", "0"],
  big: ["BIGINT", "9007199254740993", "NULL", "-9223372036854775808", "9223372036854775807"],
  utiny: ["UTINYINT", "255", "NULL", "0", "1"],
  usmall: ["USMALLINT", "65535", "NULL", "0", "1"],
  uint: ["UINTEGER", "4294967295", "NULL", "0", "1"],
  ubig: ["UBIGINT", "18446744073709551615", "NULL", "0", "1"],
  price: ["DECIMAL(10,2)", "1.50", "NULL", "-0.01", "99999999.99"],
  long: ["DECIMAL(38,10)", "'1234567890123456789012345678.9012345678'", "NULL", "-1", "0"],
  half: ["FLOAT", "0.1", "NULL", "1e38", "'-0.0'"],
  double: ["DOUBLE", "0.1", "NULL", "1e300", "'-0.0'"],
  day: ["DATE", "'2024-02-29'", "NULL", "'0001-01-01'", "'9999-12-31'"],
  time: ["TIME", "'10:00:00.123456'", "NULL", "'00:00:00'", "'23:59:59.999999'"],
  at: ["TIMESTAMP", "'2024-05-01 06:30:00.123456'", "NULL", "'1815-12-10'", "'9999-12-31 23:59:59'"],
  at_ms: ["TIMESTAMP_MS", "'2024-05-01 06:30:00.123'", "NULL", "'1815-12-10'", "'1970-01-01'"],
  at_ns: ["TIMESTAMP_NS", "'2024-05-01 06:30:00.123456789'", "NULL", "'1970-01-01'", "'2200-01-01'"],
  zoned: [
    "TIMESTAMPTZ",
    "'2024-05-01 06:30:00+02'",
    "NULL",
    "'1969-12-31 23:59:59.999999+00'",
    "'2024-01-01 00:00:00+00'",
  ],
  bytes: ["BLOB", "'\\x00\\xFF'", "NULL", "''", "'abc'"],
  texts: ["VARCHAR[]", "['a', NULL, '']", "NULL", "[]", `['{"a"', '007']`],
  item: [
    "STRUCT(p UBIGINT, q VARCHAR, r DATE, s DECIMAL(5,2), b BLOB)",
    "{'p': 1, 'q': 'NO', 'r': DATE '2024-01-01', 's': 1.25, 'b': '\\xFF'::BLOB}",
    "NULL",
    "{'p': NULL, 'q': '', 'r': NULL, 's': NULL, 'b': ''::BLOB}",
    "{'p': 18446744073709551615, 'q': 'null', 'r': DATE '2024-01-01', 's': 9.99, 'b': NULL}",
  ],
  items: [
    "STRUCT(t VARCHAR[], b BLOB[])[]",
    "[{'t': ['x'], 'b': ['\\xFF'::BLOB]}]",
    "NULL",
    "[]",
    "[NULL, {'t': NULL, 'b': NULL}, {'t': [], 'b': []}]",
  ],
  key: ["VARCHAR", "'a/b'", "NULL", "'NULL'", "'007'"],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-published-"));
  const columns = Object.entries(COLUMNS).map(([name, [type, ...values]]) => {
    const whens = values.map((value, row) => `WHEN ${row} THEN CAST(${value} AS ${type})`);
    return `CASE id ${whens.join(" ")} END AS "${name}"`;
  });
  await query(`COPY (SELECT id, ${columns.join(", ")} FROM range(4) t(id)) TO '${folder}/t.parquet' (FORMAT parquet)`);
  const backend = functionBackend("twice", ({ instances }) => JSON.stringify({ predictions: instances.map(() => 1) }));
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
});

afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

let tables = 0;

/** Publishes the rows as a table. */
async function publish(
  output: Partial<JobInput["output"]>,
  name = `table-${++tables}`,
  sql = "from t",
): Promise<string> {
  const job: JobInput = {
    name: "publish",
    source: { kind: "sql", tables: { t: join(folder, "t.parquet") }, sql },
    model: { features: ["id"] },
    backend: { kind: "twice" },
    output: { path: join(folder, name), ...output },
  } as JobInput;
  await engine.run(job, { baseDirectory: folder });
  return join(folder, name);
}

function source(table: TableDefinition, sql = "SELECT * FROM t ORDER BY id") {
  return createSqlSource({ tables: { t: table }, sql, baseDirectory: folder });
}

async function read(table: TableDefinition, sql?: string) {
  const signal = new AbortController().signal;
  const { path, columns } = await source(table, sql).extract(join(folder, "read.parquet"), { signal });
  return { columns, rows: await query(`SELECT COLUMNS(*)::VARCHAR FROM '${path}'`) };
}

async function errorOf(table: TableDefinition): Promise<ScoreframeError> {
  const signal = new AbortController().signal;
  return source(table)
    .extract(join(folder, "read.parquet"), { signal })
    .then(
      () => Promise.reject(new Error("The table was read.")),
      (error: ScoreframeError) => error,
    );
}

async function original() {
  const types = await query(`DESCRIBE SELECT * FROM '${folder}/t.parquet'`);
  return {
    columns: types.map((row) => ({ name: row["column_name"], type: row["column_type"] })),
    rows: await query(`SELECT COLUMNS(*)::VARCHAR FROM '${folder}/t.parquet' ORDER BY id`),
  };
}

it.each([
  ["csv", []],
  ["jsonl", []],
  ["parquet", []],
  ["csv", ["key"]],
  ["jsonl", ["day", "truth"]],
  ["parquet", ["at", "tiny"]],
  ["csv", ["zoned", "price"]],
] as const)("what is published as %s by %j is read again as it was", async (format, partitionBy) => {
  const table = await publish({ format, partition_by: [...partitionBy] });
  const wanted = await original();

  const { columns, rows } = await read(table, "SELECT * EXCLUDE (prediction) FROM t ORDER BY id");

  expect(columns).toEqual(wanted.columns);
  expect(rows).toEqual(wanted.rows);
});

it.each(["csv", "jsonl"] as const)("cells of any length and with many line ends come back from %s", async (format) => {
  const sql = `SELECT i AS id, CASE WHEN i % 100 = 7 THEN repeat('ab,"' || chr(10), 5000 * 20) ELSE 'x' || chr(10) || i END AS note
    FROM range(1000) r(i) UNION ALL SELECT 1000, repeat('y', 20000000) ORDER BY id`;
  const table = await publish({ format }, undefined, sql);
  const summary =
    "SELECT count(*) AS n, sum(length(note)) AS characters, sum(hash(note)::DECIMAL(38,0)) AS hash FROM t";
  const { rows } = await read(table, summary);
  expect(rows).toEqual(await query(`SELECT COLUMNS(*)::VARCHAR FROM (WITH t AS (${sql}) ${summary})`));
});

it.each(["csv", "jsonl"] as const)("a value of %s that a declared type would change is rejected", async (format) => {
  const table = await publish(
    { format },
    undefined,
    "select id, 1.5 + id as x, 2.0::double as y, '007' as code from t",
  );

  const error = await errorOf({ path: table, types: { y: "BIGINT", x: "BIGINT", code: "BIGINT" } });
  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain('has "1.5", which is not an exact BIGINT');
  const { columns } = await read({ path: table, types: { x: "DECIMAL(10,3)", code: "BIGINT" } });
  expect(columns.map(({ type }) => type)).toEqual(["BIGINT", "DECIMAL(10,3)", "DOUBLE", "BIGINT", "BIGINT"]);
});

it("only the files of the manifest are read, whatever lies beside them", async () => {
  const table = await publish({ format: "parquet", partition_by: ["truth"] });
  await query(`COPY (SELECT 9 AS id, 'x' AS other) TO '${table}/truth=true/left-over.parquet'`);
  await mkdir(join(table, "truth=maybe"));
  await writeFile(join(table, "truth=maybe", "x.txt"), "");

  expect((await read(table, "SELECT id FROM t ORDER BY id")).rows).toEqual([
    { id: "0" },
    { id: "1" },
    { id: "2" },
    { id: "3" },
  ]);
});

it("a table that was copied without our store is read, and without one of its files it is rejected", async () => {
  const table = await publish({ format: "csv", partition_by: ["code"] });
  const copy = join(folder, "copy");
  await cp(table, copy, { recursive: true, filter: (path) => !path.endsWith("_scoreframe") });

  expect((await read(copy, "SELECT id, code FROM t ORDER BY id")).rows.map(({ code }) => code)).toEqual([
    "007",
    "12E5",
    "0x1F",
    "1.10",
  ]);

  await rm(join(copy, "code=007"), { recursive: true });
  const error = await errorOf(copy);
  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toMatch(/the manifest lists code=007\/part-00000-\S+\.csv, which is not there/);
});

it("a second publication with a partition of the first one is read as one table", async () => {
  const output = { format: "jsonl", partition_by: ["truth"], if_exists: "overwrite_partitions" } as const;
  const table = await publish(output);
  await publish(output, table.slice(folder.length + 1), "from t where truth");

  expect((await read(table, "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM t")).rows).toEqual([
    { n: "4", ids: "4" },
  ]);
});

it("types that the job declares come before those of the manifest, and a table without rows has its columns", async () => {
  const table = await publish({ format: "csv" });
  const declared = await read({ path: table, types: { code: "VARCHAR", int: "BIGINT" } });
  expect(declared.columns.find(({ name }) => name === "int")?.type).toBe("BIGINT");

  const none = await publish({ format: "csv", partition_by: ["key"] }, "none", "from t where false");
  const { columns, rows } = await read(none, "SELECT note, price, key FROM t");
  expect(rows).toEqual([]);
  expect(columns.map(({ type }) => type)).toEqual(["VARCHAR", "DECIMAL(10,2)", "VARCHAR"]);
});

it.each([
  ["half of it is missing", (text: string) => text.slice(0, text.length / 2), "is not JSON"],
  [
    "a path leads out of the folder",
    (text: string) => text.replace(/"path": "part/, '"path": "../part'),
    "is not valid at files.0.path",
  ],
  [
    "it is of a version to come",
    (text: string) => text.replace('"format_version": 1', '"format_version": 2'),
    "is not valid at format_version",
  ],
])("a manifest is rejected if %s", async (_, spoil, reason) => {
  const table = await publish({ format: "csv" });
  const path = join(table, "_manifest.json");
  await writeFile(path, spoil(await readFile(path, "utf8")));

  const error = await errorOf(table);

  expect(error.code).toBe("TABLE_UNREADABLE");
  expect(error.message).toContain(
    `(${path}) cannot be read: the manifest says which files are the table, and it ${reason}`,
  );
});

it("a manifest of someone else is passed over", async () => {
  await mkdir(join(folder, "other"));
  await writeFile(join(folder, "other", "_manifest.json"), '{"entries": []}');
  await writeFile(join(folder, "other", "f.csv"), "id\n5\n");

  expect((await read("other")).rows).toEqual([{ id: "5" }]);
});

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import { createRowsSource } from "../../src/adapters/sources/rows/rows-source.ts";
import { createSqlSource } from "../../src/adapters/sources/sql/sql-source.ts";
import type { Tables } from "../../src/adapters/sources/tables/table-definition.ts";
import type { ScoreframeError } from "../../src/core/errors/scoreframe-error.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { SourceBench } from "../adapters/sources/source-bench.ts";
import { openSourceBench } from "../adapters/sources/source-bench.ts";
import { functionBackend } from "../support/function-backend.ts";
import { newBucket } from "./support/buckets.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

let bench: SourceBench;
let scratch: string;
beforeAll(async () => {
  bench = await openSourceBench();
  scratch = await mkdtemp(join(tmpdir(), "s3-sources-"));
});
afterAll(async () => {
  await bench.close();
  await rm(scratch, { recursive: true, force: true });
});
afterEach(async () => {
  expect(await readdir(scratch)).toEqual([]);
});

describe.each(S3_SERVERS)("tables on %s", (server) => {
  async function bucket(context: Pick<TestContext, "skip">) {
    const { client, name } = await newBucket(context, server);
    const calls: string[] = [];
    const root = createS3ObjectStore(client, `s3://${name}`);
    const watched: ObjectStore = {
      ...root,
      download: (key, path, signal) => {
        calls.push(key);
        return root.download(key, path, signal);
      },
    };
    const place = { openStore: async () => watched, temporaryDirectory: scratch, baseDirectory: bench.folder };
    return {
      name,
      store: root,
      /** Keys that were downloaded whole. */
      calls,
      place,
      put: async (key: string, sql: string, options = "format parquet"): Promise<void> => {
        const path = join(bench.folder, "put.tmp");
        await bench.query(`COPY (${sql}) TO '${path}' (${options})`);
        await root.upload(path, key);
      },
      read: async (sql: string, tables: Tables) =>
        (await bench.extract(createSqlSource({ sql, tables, ...place }))).values,
      failure: (sql: string, tables: Tables): Promise<ScoreframeError> =>
        bench.failure(createSqlSource({ sql, tables, ...place })),
    };
  }

  it("are read from one object, and only if the SQL names them", async (context) => {
    const { name, put, read, calls } = await bucket(context);
    await put("data/a b+c%25=ü.parquet", "SELECT 1::BIGINT AS a");
    const tables = { t: `s3://${name}/data/a b+c%25=ü.parquet`, other: `s3://${name}/data/not-there.parquet` };
    expect(await read("FROM t", tables)).toEqual([[1n]]);
    expect(calls).toEqual(["data/a b+c%25=ü.parquet"]);
  });

  it("warn with the object, and not with its copy on this machine", async (context) => {
    const { name, store, place } = await bucket(context);
    const path = await bench.write("mixed.tmp", '{"x":1}\n{"x":"high"}\n');
    await store.upload(path, "events/a.jsonl");
    const warnings: string[] = [];
    const source = createSqlSource({ sql: "FROM t", tables: { t: `s3://${name}/events/a.jsonl` }, ...place });

    await source.extract(bench.target, { signal: bench.signal, warn: (message) => warnings.push(message) });

    expect(warnings).toEqual([expect.stringContaining(`text (first in line 2 of s3://${name}/events/a.jsonl)`)]);
  });

  it("are read from all objects below a prefix, whose folders are columns, except for what writers leave next to them", async (context) => {
    const { name, store, put, read } = await bucket(context);
    for (const day of [1, 2, 3]) await put(`flights/ds=2001-01-0${day}/part-0.parquet`, `SELECT ${day}::INTEGER AS n`);
    await put("flights/ds=x%2Fy z/part-0.parquet", "SELECT 4::INTEGER AS n");
    await put("flights-of-others/part-0.parquet", "SELECT 9::INTEGER AS n");
    await store.writeText("flights/_SUCCESS", "");
    await store.writeText("flights/_temporary/0/part-0.parquet", "half");
    await store.writeText("flights/ds=2001-01-01/.part.crc", "x");
    await store.writeText("flights/ds=2001-01-01_$folder$", "");
    for (const path of ["flights/", "flights", "flights/ds=*/*.parquet", "flights/ds*/**/part-?.parquet"]) {
      expect(await read("SELECT n, ds FROM t ORDER BY n", { t: `s3://${name}/${path}` })).toEqual([
        [1, "2001-01-01"],
        [2, "2001-01-02"],
        [3, "2001-01-03"],
        [4, "x/y z"],
      ]);
    }
    expect(await read("SELECT * FROM t WHERE n = 1", { t: { path: `s3://${name}/flights/`, hive: false } })).toEqual([
      [1],
    ]);
  });

  it("may be text of any kind, and a DuckDB file", async (context) => {
    const { name, store, read } = await bucket(context);
    await store.writeText("t.csv", "id,name\n1,x\n2,y\n");
    await store.writeText("t.jsonl", '{"id":1,"name":"x"}\n{"id":2,"name":"y"}\n');
    await bench.query(`ATTACH '${join(bench.folder, "t.db")}' AS d`);
    await bench.query("CREATE OR REPLACE TABLE d.t AS SELECT 1::BIGINT AS id, 'x' AS name");
    await bench.query("DETACH d");
    await store.upload(join(bench.folder, "t.db"), "t.db");
    for (const file of ["t.csv", "t.jsonl", "t.db"]) {
      expect((await read("FROM t", { t: `s3://${name}/${file}` }))[0]).toEqual([1n, "x"]);
    }
  });

  it("distinguish objects whose names are the same to a file system", async (context) => {
    const { name, put, read } = await bucket(context);
    await put("t/a/part.parquet", "SELECT 1 AS n");
    await put("t/A/part.parquet", "SELECT 2 AS n");
    await put(`t/${"long-".repeat(45)}/part.parquet`, "SELECT 3 AS n");
    expect(await read("FROM t ORDER BY n", { t: `s3://${name}/t/` })).toEqual([[1], [2], [3]]);
  });

  it("are the rows of a job as they are", async (context) => {
    const { name, put, place } = await bucket(context);
    await put("today.parquet", "SELECT 5::BIGINT AS n");
    const { values } = await bench.extract(createRowsSource(`s3://${name}/today.parquet`, place));
    expect(values).toEqual([[5n]]);
  });

  it("are downloaded once, also if the query needs more memory than it got at first", async (context) => {
    const { name, put, place, calls } = await bucket(context);
    await put("t.parquet", "SELECT repeat('x', 1000000) AS text FROM range(150)");
    const sql = "SELECT length(string_agg(text, '')) AS bytes FROM t";
    const { rows } = await createSqlSource({ sql, tables: { t: `s3://${name}/t.parquet` }, ...place }).extract(
      bench.target,
      {
        signal: bench.signal,
      },
    );
    expect(rows).toBe(1);
    expect(calls).toEqual(["t.parquet"]);
  });

  it("describe their columns by the footers of their Parquet files alone", async (context) => {
    const { name, put, place, calls } = await bucket(context);
    await put("t/ds=1/a.parquet", "SELECT range::BIGINT AS n, 'x' || range AS text FROM range(200000)");
    const many = Array.from({ length: 3000 }, (_, index) => `1 AS column_with_a_long_name_${index}`).join(", ");
    await put("t/ds=2/b.parquet", `SELECT 1::BIGINT AS n, 1.5 AS later, ${many}`);
    const source = createSqlSource({
      sql: "SELECT n, text, later, ds FROM t",
      tables: { t: `s3://${name}/t/` },
      ...place,
    });
    expect(await source.describe(bench)).toEqual([
      { name: "n", type: "BIGINT" },
      { name: "text", type: "VARCHAR" },
      { name: "later", type: "DECIMAL(2,1)" },
      { name: "ds", type: "BIGINT" },
    ]);
    expect(calls).toEqual([]);
  });

  it("describe their columns by their values if the types of their files differ and the footers do not decide", async (context) => {
    const { name, put, place, calls, read } = await bucket(context);
    await put("t/1.parquet", "SELECT 9007199254740993::BIGINT AS n");
    await put("t/2.parquet", "SELECT 7::DOUBLE AS n");
    const tables = { t: `s3://${name}/t/` };
    const source = createSqlSource({ sql: "FROM t", tables, ...place });
    expect(await source.describe(bench)).toEqual([{ name: "n", type: "BIGINT" }]);
    expect(calls.splice(0).sort()).toEqual(["t/1.parquet", "t/2.parquet"]);
    expect(await read("FROM t", tables)).toEqual([[9007199254740993n], [7n]]);
  });

  it.for([
    ["a Delta table", "_delta_log/00000000000000000000.json"],
    ["a Hudi table", ".hoodie/hoodie.properties"],
    ["an Iceberg table", "metadata/v1.metadata.json"],
    ["the output of a Spark stream", "_spark_metadata/0"],
  ] as const)("are rejected if a folder is %s, lies in one, or holds one", async ([kind, log], context) => {
    const { name, store, put, failure } = await bucket(context);
    await put("lake/t/data/a.parquet", "SELECT 1 AS n");
    await store.writeText(`lake/t/${log}`, "{}");
    for (const path of ["lake/t/", "lake", "", "lake/t/data", "lake/t/data/*.parquet", "lake/t/data/a.parquet"]) {
      const error = await failure("FROM t", { t: `s3://${name}/${path}` });
      expect(error.code, path).toBe("TABLE_UNREADABLE");
      expect(error.message, path).toContain(`s3://${name}/lake/t is ${kind}: only its log (s3://${name}/lake/t/`);
    }
  });

  it("are rejected if they are a transactional Hive table", async (context) => {
    const { name, put, failure } = await bucket(context);
    await put("t/delta_0000001_0000001/a.parquet", "SELECT 1 AS n");
    for (const path of ["t/", "t/delta_0000001_0000001", "t/*/a.parquet", "t/delta_0000001_0000001/a.parquet"]) {
      expect((await failure("FROM t", { t: `s3://${name}/${path}` })).message, path).toContain("a transactional Hive");
    }
  });

  it("are rejected if Databricks' markers say that an object is not committed", async (context) => {
    const { name, store, put, failure } = await bucket(context);
    await put("t/ds=1/part-0-tid-11-a.parquet", "SELECT 1 AS n");
    await store.writeText("t/ds=1/_started_11", "");
    const error = await failure("FROM t", { t: `s3://${name}/t` });
    expect(error.message).toContain(`(s3://${name}/t/ds=1/part-0-tid-11-a.parquet) cannot be read: Databricks' marker`);
  });

  it("have no hidden objects, also if a glob names them", async (context) => {
    const { name, put, read } = await bucket(context);
    await put("t/ds=1/a.parquet", "SELECT 1 AS n");
    await put("t/_scoreframe/v1/ds=1/a.parquet", "SELECT 2 AS n");
    expect(await read("SELECT n FROM t", { t: `s3://${name}/t/**/*.parquet` })).toEqual([[1]]);
    expect(await read("SELECT n FROM t", { t: `s3://${name}/t/_scoreframe/**/*.parquet` })).toEqual([[2]]);
  });

  it("that scoreframe wrote are read by their manifest, with its types", async (context) => {
    const { name, store, read, failure, place, calls } = await bucket(context);
    const backend = functionBackend("none", ({ instances }) => JSON.stringify({ predictions: instances.map(() => 1) }));
    await using engine = await createScoreframe({ workspace: join(scratch, "runs"), backends: [backend] });
    const sql = "select * from (values (1, '007', 'NO', ''), (2, '12E5', null, null)) t(id, code, flag, note)";
    const output = join(scratch, "out");
    await engine.run({
      name: "publish",
      source: { kind: "sql", sql },
      model: { features: ["id"] },
      backend: { kind: "none" },
      output: { path: output, format: "csv", partition_by: ["code"] },
    } as JobInput);
    for (const entry of await readdir(output, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) await store.upload(path, `t/${path.slice(output.length + 1)}`);
    }
    await store.writeText("t/code=007/left-over.csv", "id\n9\n");

    const tables = { t: `s3://${name}/t` };
    expect(await read("SELECT id, code, flag, note FROM t ORDER BY id", tables)).toEqual([
      [1, "007", "NO", ""],
      [2, "12E5", null, null],
    ]);
    expect(calls.every((key) => key.startsWith("t/_scoreframe/v1-"))).toBe(true);
    const columns = await createSqlSource({ sql: "SELECT id, code FROM t", tables, ...place }).describe(bench);
    expect(columns.map(({ type }) => type)).toEqual(["INTEGER", "VARCHAR"]);

    await store.writeText("t/_manifest.json", "{");
    expect((await failure("FROM t", tables)).message).toContain(
      `(s3://${name}/t/_manifest.json) cannot be read: the manifest says which files are the table, and it is not JSON`,
    );
    await rm(output, { recursive: true });
    await rm(join(scratch, "runs"), { recursive: true });
  });

  it("have the columns of folders that the path itself names if they are asked for", async (context) => {
    const { name, put, read } = await bucket(context);
    await put("t/ds=007/a.parquet", "SELECT 1 AS n");
    for (const path of ["t/ds=007/", "t/ds=007/a.parquet", "t/ds=007/*.parquet"]) {
      expect(await read("FROM t", { t: `s3://${name}/${path}` })).toEqual([[1]]);
      expect(await read("FROM t", { t: { path: `s3://${name}/${path}`, hive: true } })).toEqual([[1, "007"]]);
    }
  });

  it("are named if they are not there, with the nearest that is", async (context) => {
    const { name, put, failure } = await bucket(context);
    await put("data/flights.parquet", "SELECT 1 AS n");
    expect(await failure("FROM t", { t: `s3://${name}/data/flihgts.parquet` })).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: `The table "t" was not found: s3://${name}/data/flihgts.parquet does not exist. The nearest name there is s3://${name}/data/flights.parquet: correct the path.`,
    });
    expect(await failure("FROM t", { t: `s3://${name}/dta/x.parquet` })).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining(`There is nothing below s3://${name}/dta/: correct the path.`),
    });
    expect(await failure("FROM t", { t: `s3://${name}/data/*.csv` })).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining(`no file matches s3://${name}/data/*.csv`),
    });
    expect(await failure("FROM t", { t: `s3://${name}/dat/` })).toMatchObject({
      code: "TABLE_NOT_FOUND",
      message: expect.stringContaining(`The nearest name there is s3://${name}/data: correct the path.`),
    });
  });

  it("name their bucket if that does not exist", async (context) => {
    const { name, place } = await bucket(context);
    const { openStore } = await import("../../src/composition/open-stores.ts");
    const tables = { flights: `s3://${name}-typo/flights.parquet` };
    const failure = await bench.failure(createSqlSource({ sql: "FROM flights", tables, ...place, openStore }));
    expect(failure).toMatchObject({
      code: "BUCKET_NOT_FOUND",
      message: expect.stringMatching(
        /^The table "flights" cannot be read: .*the bucket does not exist\. Correct its name/,
      ),
    });
  });

  it("name the object that is cut off or has two columns of one name, not the copy of it", async (context) => {
    const { name, store, put, failure } = await bucket(context);
    await put("t/ds=1/whole.parquet", "SELECT range AS n FROM range(100000)");
    await store.download("t/ds=1/whole.parquet", join(bench.folder, "whole.tmp"));
    const bytes = await readFile(join(bench.folder, "whole.tmp"));
    await writeFile(join(bench.folder, "cut.tmp"), bytes.subarray(0, bytes.length - 10));
    await store.upload(join(bench.folder, "cut.tmp"), "t/ds=1/whole.parquet");
    const cut = await failure("FROM t", { t: `s3://${name}/t/` });
    expect(cut).toMatchObject({
      code: "TABLE_UNREADABLE",
      message: expect.stringContaining("The file is cut off, damaged, or no Parquet file"),
    });
    expect(cut.message).toContain(`s3://${name}/t/`);
    await store.writeText("twice.csv", "a,A\n1,2\n");
    const twice = await failure("FROM t", { t: `s3://${name}/twice.csv` });
    expect(twice.message).toContain(`The table "t" (s3://${name}/twice.csv) cannot be read: its header has the names`);
    for (const error of [cut, twice]) expect(`${error.message}${JSON.stringify(error.facts)}`).not.toContain(scratch);
  });

  it("are rejected if an object is replaced while it is read", async (context) => {
    const { name, put, place, store } = await bucket(context);
    await put("t/a.parquet", "SELECT 1 AS n");
    const moving: ObjectStore = {
      ...store,
      async download(key, path, signal) {
        await put("t/a.parquet", "SELECT 2 AS n");
        return store.download(key, path, signal);
      },
    };
    const tables = { t: `s3://${name}/t/` };
    const source = createSqlSource({ sql: "FROM t", tables, ...place, openStore: async () => moving });
    expect((await bench.failure(source)).message).toContain(
      `s3://${name}/t/a.parquet was replaced while it was being read`,
    );
  });

  it("leave nothing on this machine if they are stopped halfway", async (context) => {
    const { name, store, place } = await bucket(context);
    const path = join(bench.folder, "large.tmp");
    await writeFile(path, Buffer.alloc(80_000_000, "x\n"));
    for (const key of ["t/1.csv", "t/2.csv"]) await store.upload(path, key);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 60);
    const source = createSqlSource({ sql: "FROM t", tables: { t: `s3://${name}/t/` }, ...place });
    expect((await bench.failure(source, stop.signal)).message).toBe("enough");
  });

  it("are not paths in the SQL itself; the message says where they belong", async (context) => {
    const { name, put, failure } = await bucket(context);
    await put("t.parquet", "SELECT 1 AS n");
    for (const sql of [`FROM 's3://${name}/t.parquet'`, `FROM read_parquet('s3://${name}/t.parquet')`]) {
      expect(await failure(sql, {})).toMatchObject({
        code: "SQL_INVALID",
        message: expect.stringContaining("Name an s3:// path in source.tables"),
      });
    }
  });

  it("are not downloaded for a name that was mistyped in the SQL", async (context) => {
    const { name, put, failure, read, calls } = await bucket(context);
    await put("t.parquet", "SELECT 1 AS n");
    const tables = { flights: `s3://${name}/t.parquet` };
    expect((await failure("FROM flihgts", tables)).message).toContain("Tables: flights.");
    expect(calls).toEqual([]);
    expect(await read("FROM query_table('fli' || 'ghts')", tables)).toEqual([[1]]);
  });
});

import { readdirSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { TableFixture } from "./table-fixture.ts";
import { createTable, fileList, query } from "./table-fixture.ts";

const tables: TableFixture[] = [];

afterEach(async () => {
  for (const table of tables.splice(0)) await table.remove();
});

async function table(...partitionBy: string[]): Promise<TableFixture> {
  const created = await createTable(partitionBy);
  tables.push(created);
  return created;
}

const rowsOf = (each: TableFixture, columns = "*", order = "id"): Promise<unknown[]> =>
  query(
    `select ${columns} from read_parquet(${fileList(each, each.files())}, hive_partitioning = true) order by ${order}`,
  );

describe("what is written", () => {
  test("holds every row once, in one file a partition, in the order of the run", async () => {
    const each = await table("ds");
    const shards = [
      await each.shard("select i as id, '2001-01-0' || (1 + i % 3) as ds from range(0, 50) r(i)"),
      await each.shard("select i as id, '2001-01-0' || (1 + i % 3) as ds from range(50, 100) r(i)"),
    ];
    const published = await each.publish(shards);
    expect(published).toMatchObject({
      rows: 100,
      files: 3,
      partitions: ["ds=2001-01-01", "ds=2001-01-02", "ds=2001-01-03"],
    });
    expect(each.files()).toHaveLength(3);
    const first = await query(`select id::int from read_parquet(${fileList(each, each.files().slice(0, 1))})`);
    expect(first.flat()).toEqual(Array.from({ length: 34 }, (_, index) => 3 * index));
  });

  test("keeps every type exactly, as another engine reads it", async () => {
    const each = await table();
    const sql = `select i as id, 9007199254740993 + i as big, 1.2345::decimal(18,4) as amount, date '1969-06-01' as day,
      timestamp '2001-01-01 00:00:00.000001' as moment, timestamptz '2001-01-01 00:00:00+00' as instant, '\\xff\\x00'::blob as bytes,
      [{'x': i, 'y': [null, 'é']}, null] as nested, {'b': 'x'::blob} as inside, null::integer as nothing,
      case when i = 1 then null else 'nan'::double end as ratio from range(3) r(i)`;
    const shard = await each.shard(sql);
    await each.publish([shard]);
    const file = `read_parquet(${fileList(each, each.files())})`;
    expect(
      await query(`(from (${sql}) except all from ${file}) union all (from ${file} except all from (${sql}))`),
    ).toEqual([]);
    const types = (source: string): Promise<unknown[]> =>
      query(`select column_name, column_type from (describe from ${source})`);
    expect(await types(file)).toEqual(await types(`(${sql})`));
  });

  test("keeps column names that are methods, patterns or empty", async () => {
    const each = await table();
    const names = ["lazy", "height", "*", "^a.*$", "__proto__", "slice", "writeParquet", "c0", "order", 'a"b'];
    const columns = names.map((name, index) => `i + ${index} as "${name.replaceAll('"', '""')}"`).join(", ");
    await each.publish([await each.shard(`select i as id, ${columns} from range(2) r(i)`)]);
    const file = `read_parquet(${fileList(each, each.files())})`;
    expect((await query(`select column_name from (describe from ${file})`)).flat()).toEqual(["id", ...names]);
    expect((await query(`select columns(* exclude id)::int from ${file} where id = 1`))[0]).toEqual(
      names.map((_, index) => 1 + index),
    );
  });

  test("streams a partition that is too large to be held, in order", async () => {
    const each = await table("ds");
    const big = (from: number, to: number): Promise<StitchedShard> =>
      each.shard(
        `select i as id, case when i % 100 = 0 then 'a' else 'b' end as ds, repeat('x', 30) || i as text from range(${from}, ${to}) r(i)`,
      );
    await each.publish([await big(0, 300_000), await big(300_000, 600_000)]);
    const [, b = ""] = each.files();
    const ordered = `select count(*)::int, bool_and(id > before)::varchar from
      (select id, lag(id, 1, -1) over (order by file_row_number) as before from read_parquet(${fileList(each, [b])}, file_row_number = true))`;
    expect(await query(ordered)).toEqual([[594_000, "true"]]);
  });

  test("is the same if every shard holds a little of every partition", async () => {
    const each = await table("ds");
    const scattered = (from: number): Promise<StitchedShard> =>
      each.shard(`select i as id, (i * 7919) % 40 as ds, i * 2 as score from range(${from}, ${from + 500}) r(i)`);
    const shards = await Promise.all([0, 500, 1000, 1500, 2000, 2500, 3000, 3500].map(scattered));
    await each.publish(shards);
    expect(each.files()).toHaveLength(40);
    expect(await rowsOf(each, "id::int, ds::int, score::int")).toEqual(
      Array.from({ length: 4000 }, (_, id) => [id, (id * 7919) % 40, id * 2]),
    );
    const [first = ""] = each.files();
    const ids = (await query(`select id::int from read_parquet(${fileList(each, [first])})`)).flat();
    expect(ids).toEqual([...ids].sort((a, b) => Number(a) - Number(b)));
    expect(readdirSync(each.path, { recursive: true }).filter((path) => String(path).includes("_merged"))).toEqual([]);
  });

  test.each([["ds"], []])(
    "is the same, and in order, if it comes in hundreds of files: partitions %s",
    async (...by) => {
      const each = await table(...by.filter((name) => name !== undefined));
      const small = (index: number): Promise<StitchedShard> =>
        each.shard(`select i as id, i // 150 as ds, i * 2 as score from range(${index * 2}, ${index * 2 + 2}) r(i)`);
      const shards: StitchedShard[] = [];
      for (let index = 0; index < 450; index += 1) shards.push(await small(index));
      await each.publish(shards);
      const [first = ""] = each.files();
      const ids = (await query(`select id::int from read_parquet(${fileList(each, [first])})`)).flat();
      expect(ids).toEqual(Array.from({ length: by.length > 0 ? 150 : 900 }, (_, id) => id));
      expect(await rowsOf(each, "id::int, score::int")).toEqual(Array.from({ length: 900 }, (_, id) => [id, id * 2]));
      expect(readdirSync(each.path, { recursive: true }).filter((path) => String(path).includes("_merged"))).toEqual(
        [],
      );
    },
  );

  test("names partitions as Hive does, whatever the value holds", async () => {
    const each = await table("key");
    const values = "['a/b=c%', 'ü x', '.', '*[1]?', '', null]";
    await each.publish([await each.shard(`select i as id, ${values}[1 + i] as key from range(6) r(i)`)]);
    expect([...new Set(each.files().map((path) => path.split("/")[0]))]).toEqual([
      "key=%2A%5B1%5D%3F",
      "key=.",
      "key=__HIVE_DEFAULT_PARTITION__",
      "key=a%2Fb%3Dc%25",
      "key=ü x",
    ]);
    expect((await rowsOf(each, "key")).flat()).toEqual(["a/b=c%", "ü x", ".", "*[1]?", null, null]);
  });

  test("orders integer partitions by value and keeps two levels", async () => {
    const each = await table("year", "month");
    await each.publish([
      await each.shard("select i as id, 2000 + i // 12 as year, 1 + i % 12 as month from range(24) r(i)"),
    ]);
    expect(
      each
        .manifest()
        .files.map((file) => file.partition)
        .slice(8, 13),
    ).toEqual([
      { year: "2000", month: "9" },
      { year: "2000", month: "10" },
      { year: "2000", month: "11" },
      { year: "2000", month: "12" },
      { year: "2001", month: "1" },
    ]);
  });

  test("is only the columns asked for, partition columns aside", async () => {
    const each = await table("ds");
    await each.publish(
      [await each.shard("select i as id, 'x' as ds, 1 as unwanted, true as delayed from range(2) r(i)")],
      {
        columns: ["id", "delayed"],
      },
    );
    expect(
      (
        await query(
          `select column_name from (describe from read_parquet(${fileList(each, each.files())}, hive_partitioning = true))`,
        )
      ).flat(),
    ).toEqual(["id", "delayed", "ds"]);
  });
});

describe("shards whose predictions differ in type", () => {
  test("are cast to the type that holds them all", async () => {
    const each = await table();
    await each.publish([
      await each.shard("select 0 as id, 1 as score, {'a': 1} as detail, null::integer as label"),
      await each.shard("select 1 as id, 1.5::double as score, {'b': ['x']} as detail, 7::bigint as label"),
      await each.shard(
        "select 2 as id, 2 as score, {'a': 2, 'b': ['y']} as detail, null::integer as label, 'late' as extra",
      ),
    ]);
    expect(await rowsOf(each)).toEqual([
      [0, 1, { a: 1, b: null }, null, null],
      [1, 1.5, { a: null, b: ["x"] }, "7", null],
      [2, 2, { a: 2, b: ["y"] }, null, "late"],
    ]);
  });

  test("are rejected if no type holds them, by column and both types, and nothing is published", async () => {
    const each = await table();
    const shards = [
      await each.shard("select 0 as id, 1 as score"),
      await each.shard("select 1 as id, 'high' as score"),
    ];
    await expect(each.publish(shards)).rejects.toMatchObject({
      code: "PREDICTIONS_INCOMPATIBLE",
      message: expect.stringMatching(
        /"score" is a number \(int32\) in shard 0 and text \(string\) in shard 1.*output\.predictions/,
      ),
    });
    expect(() => each.files()).toThrow();
  });
});

describe("the ledger", () => {
  test("that counts other than the shards hold stops the publication", async () => {
    const each = await table();
    const shard = await each.shard("select i as id from range(5) r(i)");
    await expect(each.publish([shard], { scoredRows: 6 })).rejects.toMatchObject({ code: "LEDGER_IMBALANCE" });
    const short = { ...shard, partitions: [{ values: [], offset: 0, rows: 4 }] };
    await expect(each.publish([short])).rejects.toMatchObject({ code: "LEDGER_IMBALANCE", facts: { shard: 0 } });
  });

  test("is held against what was really written: a shard with fewer rows than it claims is found out", async () => {
    const each = await table();
    const shard = await each.shard("select i as id from range(5) r(i)");
    const lying = { ...shard, rows: 9, partitions: [{ values: [], offset: 0, rows: 9 }] };
    await expect(each.publish([lying])).rejects.toMatchObject({ code: "LEDGER_IMBALANCE" });
    expect(() => each.manifest()).toThrow();
  });
});

describe("an empty result", () => {
  test("is an empty table with its types", async () => {
    const each = await table();
    const published = await each.publish([], {
      emptySchema: [
        { name: "id", type: "Int64" },
        { name: "label", type: { List: "Null" } },
      ],
    });
    expect(published).toMatchObject({ rows: 0, files: 1 });
    const file = `read_parquet(${fileList(each, each.files())})`;
    expect(await query(`select column_name, column_type from (describe from ${file})`)).toEqual([
      ["id", "BIGINT"],
      ["label", "VARCHAR[]"],
    ]);
    expect(await query(`from ${file}`)).toEqual([]);
  });

  test("touches no partition", async () => {
    const each = await table("ds");
    await each.publish([await each.shard("select 1 as id, 'x' as ds")]);
    await each.publish([], {
      runId: "run-2",
      emptySchema: [
        { name: "id", type: "Int32" },
        { name: "ds", type: "String" },
      ],
    });
    expect(await rowsOf(each)).toEqual([[1, "x"]]);
  });
});

describe("text formats", () => {
  const sql = `select i as id, 'a"b,' || chr(10) || 'c' as "slice", 'x'::blob as bytes, {'a': 1, 'b': ['\\xff'::blob, null]} as object,
    [{'x': i}, null] as list, null::int[] as nothing, '' as empty, 1.50::decimal(5,2) as amount from range(60000) r(i)`;

  test("CSV gets an apostrophe before text that would be a formula, if that is wanted, and before nothing else", async () => {
    const texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a=1", "", '="x"', " =1"];
    const values = texts.map(
      (text, id) =>
        `(${id}, ${-id - 1}, '${text.replaceAll("\t", "' || chr(9) || '").replaceAll("\r", "' || chr(13) || '")}')`,
    );
    const from = `select a::int as id, b::int as n, c as t, [c] as l from (values ${values.join(", ")}, (10, -11, null)) t(a, b, c)`;
    const each = await table();
    await each.publish([await each.shard(from)], { format: "csv", escapeFormulas: true });
    const cells = (await query(
      `from read_csv(${fileList(each, each.files())}, all_varchar = true, header = true, allow_quoted_nulls = false) order by id::int`,
    )) as string[][];
    expect(cells.map(([, , text]) => text)).toEqual([
      ...texts.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)),
      null,
    ]);
    expect(cells.map(([, n]) => Number(n))).toEqual(Array.from({ length: 11 }, (_, id) => -id - 1));
    expect(cells[0]?.[3]).toBe('["=1+1"]');
    const plain = await table();
    await plain.publish([await plain.shard(from)], { format: "csv" });
    expect(
      JSON.stringify(await query(`from read_csv(${fileList(plain, plain.files())}, all_varchar = true)`)),
    ).not.toContain("'=");
  });

  test("CSV holds nested values as JSON and bytes as base64", async () => {
    const each = await table();
    await each.publish([await each.shard(sql)], { format: "csv" });
    const rows = await query(
      `from read_csv(${fileList(each, each.files())}, all_varchar = true, header = true, allow_quoted_nulls = false) where id in ('0', '59999') order by id`,
    );
    const row = (id: number): unknown[] => [
      String(id),
      'a"b,\nc',
      "eA==",
      '{"a":1,"b":["/w==",null]}',
      `[{"x":${id}},null]`,
      null,
      "",
      "1.50",
    ];
    expect(rows).toEqual([row(0), row(59_999)]);
    expect(each.manifest().rows).toBe(60_000);
  });

  test("JSON Lines holds a row an object", async () => {
    const each = await table();
    await each.publish([await each.shard(sql)], { format: "jsonl" });
    const lines = await query(`select json from read_ndjson_objects(${fileList(each, each.files())})`);
    expect(lines).toHaveLength(60_000);
    expect(JSON.parse(String((lines[59_999] as unknown[])[0]))).toEqual({
      id: 59_999,
      slice: 'a"b,\nc',
      bytes: "eA==",
      object: { a: 1, b: ["/w==", null] },
      list: [{ x: 59_999 }, null],
      nothing: null,
      empty: "",
      amount: "1.50",
    });
  });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SqlParameters } from "../../../../../src/adapters/sources/sql/query/sql-parameters.ts";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

let bench: SourceBench;
beforeAll(async () => {
  bench = await openSourceBench();
  await bench.write("flights.csv", "day,delay\n2024-05-01,2\n2024-05-02,4\n2024-05-03,6\n");
});
afterAll(() => bench.close());

const source = (sql: string, parameters: SqlParameters) => bench.sql(sql, { flights: "flights.csv" }, { parameters });
const values = async (sql: string, parameters: SqlParameters) => (await bench.extract(source(sql, parameters))).values;

describe("a parameter", () => {
  test("is a value of the query, in any number, in any case of its name", async () => {
    expect(
      await values("SELECT delay FROM flights WHERE day = $ds OR day = $DS + 1", { ds: "2024-05-01" }).catch(
        () => null,
      ),
    ).toBeNull();
    expect(await values("SELECT delay FROM flights WHERE day = $ds", { DS: "2024-05-02" })).toEqual([[4n]]);
    expect(await values("SELECT delay FROM flights WHERE delay > $n LIMIT $n", { n: 3 })).toEqual([[4n], [6n]]);
  });

  test.each(["' OR 1=1 --", "$ds", "a\nb", "\\", "'; DROP TABLE flights", '"', "{{ x }}", ""])(
    "is text to the query, with any content: %j",
    async (text) => {
      expect(await values("SELECT $t AS t", { t: text })).toEqual([[text]]);
      expect(await values("SELECT delay FROM flights WHERE day::VARCHAR = $t", { t: text })).toEqual([]);
    },
  );

  test("has the type of its value, which a column takes over", async () => {
    const sql = "SELECT $i AS i, $d AS d, $b AS b, $s AS s, $n AS n, $big AS big, NULL AS untyped";
    const parameters = { i: 5, d: 0.5, b: true, s: "007", n: null, big: 9007199254740991 };
    const types = "BIGINT DOUBLE BOOLEAN VARCHAR INTEGER BIGINT INTEGER".split(" ");
    const { columns } = await source(sql, parameters).extract(bench.target, { signal: bench.signal });
    const plain = await bench.sql("SELECT NULL AS untyped").describe({ signal: bench.signal });
    const untyped = plain[0]?.type ?? "";
    expect(columns.map(({ type }) => type)).toEqual(types.map((type) => (type === "INTEGER" ? untyped : type)));
    expect(await source(sql, parameters).describe({ signal: bench.signal })).toEqual(columns);
    expect(await bench.query(`FROM '${bench.target}'`)).toEqual([
      [5n, 0.5, true, "007", null, 9007199254740991n, null],
    ]);
  });

  test("may be a list", async () => {
    const sql = "SELECT delay FROM flights WHERE list_contains($days, day::VARCHAR) ORDER BY 1";
    expect(await values(sql, { days: ["2024-05-03", "x'", null] })).toEqual([[6n]]);
    expect(await values("SELECT delay FROM flights WHERE delay IN (SELECT unnest($n))", { n: [2, 6] })).toEqual([
      [2n],
      [6n],
    ]);
    expect(await values("SELECT len($none) AS n", { none: [] })).toEqual([[0n]]);
  });

  test("is bound in a query that is run for a few rows, too", async () => {
    const limited = await bench.extract(source("SELECT delay FROM flights WHERE delay > $n ORDER BY 1", { n: 0 }), 2);
    expect(limited.values).toEqual([[2n], [4n]]);
  });
});

test.each([
  ["SELECT $x AS x", {}, "SQL_INVALID", 'The SQL has the parameter "x"', "source.parameters: { x: … }"],
  ["SELECT ? AS x", { x: 1 }, "SQL_INVALID", 'the parameter "1"', "write $name"],
  ["SELECT 1 AS x", { ds: "a" }, "SQL_INVALID", "The SQL has no $ds, which source.parameters has", "leave it out"],
  ["SELECT $ds::DATE AS day", { ds: "May" }, "SOURCE_FAILED", 'invalid date field format: "May"', "TRY_CAST"],
  ["SELECT $n + [1] AS n", { n: 1 }, "SQL_INVALID", "at line 1, column 11", "+(BIGINT, INTEGER[])"],
  ["SELECT $n AS a, $n AS a", { n: 1 }, "SQL_INVALID", 'two columns named "a"', "AS"],
])("%s with %j is rejected", async (sql, parameters, code, ...parts) => {
  const failure = await bench.failure(source(sql, parameters as SqlParameters));
  expect(failure.code).toBe(code);
  for (const part of parts) expect(failure.message).toContain(part);
});

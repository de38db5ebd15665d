import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ColumnType, TypedColumn } from "../../../src/core/domain/types/column-type.ts";
import { commonType, settleType, typeText } from "../../../src/core/domain/types/column-type.ts";
import { spokenType } from "../../../src/core/domain/types/contract-text.ts";
import { partitionText } from "../../../src/core/polars/partition-text.ts";
import { column, scanParquet } from "../../../src/core/polars/polars.ts";
import { unifyShards } from "../../../src/core/responses/types/unify-shards.ts";
import { readParquetSchema } from "../../../src/core/stages/extract/worker/parquet-schema.ts";
import { query } from "./table-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "types-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the type that two shards share", () => {
  const struct = (fields: Record<string, ColumnType>): ColumnType => ({
    Struct: Object.entries(fields).map(([name, dtype]) => ({ name, dtype })),
  });

  test.each<[ColumnType, ColumnType, ColumnType]>([
    ["Null", "String", "String"],
    ["Int32", "Int64", "Int64"],
    ["Int64", "Float64", "Float64"],
    ["Int8", "UInt8", "Int16"],
    ["UInt8", "Int64", "Int64"],
    ["Int64", "UInt64", { Decimal: [20, 0] }],
    [{ Decimal: [5, 2] }, "Int8", { Decimal: [5, 2] }],
    [{ Decimal: [5, 2] }, { Decimal: [6, 4] }, { Decimal: [7, 4] }],
    [{ Decimal: [5, 2] }, "Float32", "Float64"],
    [{ List: "Null" }, { List: { List: "Int64" } }, { List: { List: "Int64" } }],
    [{ Array: ["Int8", 3] }, { List: "Int64" }, { List: "Int64" }],
    [
      struct({ a: "Int64", b: "Null" }),
      struct({ c: "String", a: "Float64" }),
      struct({ a: "Float64", b: "Null", c: "String" }),
    ],
  ])("of %j and %j is %j, whichever comes first", (a, b, unified) => {
    expect(commonType(a, b)).toEqual(unified);
    expect(typeText(commonType(b, a) as ColumnType).length).toBe(typeText(unified).length);
  });

  test.each<[ColumnType, ColumnType]>([
    ["String", "Int64"],
    [{ List: "Int64" }, "Int64"],
    ["Boolean", "Int64"],
    ["Date", { Datetime: ["Microseconds", null] }],
    [struct({ a: "Int64" }), struct({ a: "String" })],
  ])("does not exist for %j and %j", (a, b) => {
    const shards = [a, b].map((type, at) => ({ name: `shard ${at}`, columns: [{ name: "score", type }] }));
    expect(() => unifyShards(shards)).toThrow(
      `The column "score" is ${spokenType(a)} in shard 0 and ${spokenType(b)} in shard 1.`,
    );
  });

  test("is found for columns that one of them does not have", () => {
    const known: TypedColumn[] = [{ name: "id", type: "Int64" }];
    expect(unifyShards([{ name: "shard 0", columns: [{ name: "__proto__", type: "String" }] }], known)).toEqual([
      { name: "id", type: "Int64" },
      { name: "__proto__", type: "String" },
    ]);
  });

  test("is text if there is no value", () => {
    expect(settleType({ List: struct({ a: "Null" }) })).toEqual({ List: struct({ a: "String" }) });
  });
});

test("types are read from Parquet exactly, binary ones included", async () => {
  const path = join(folder, "types.parquet");
  await query(`copy (select 1::tinyint as "lazy", 1::ubigint as "*", 1.5::float as f, 1.5::decimal(18,4) as amount, 'x'::blob as bytes,
    date '2001-01-01' as day, timestamptz '2001-01-01' as instant, timestamp_ns '2001-01-01' as fine, time '01:00' as hour,
    [{'a': ['x'::blob]}] as nested, true as flag) to '${path}'`);
  expect(readParquetSchema(path)).toEqual([
    { name: "lazy", type: "Int8" },
    { name: "*", type: "UInt64" },
    { name: "f", type: "Float32" },
    { name: "amount", type: { Decimal: [18, 4] } },
    { name: "bytes", type: "Binary" },
    { name: "day", type: "Date" },
    { name: "instant", type: { Datetime: ["Microseconds", { inner: "UTC" }] } },
    { name: "fine", type: { Datetime: ["Nanoseconds", null] } },
    { name: "hour", type: "Time" },
    { name: "nested", type: { List: { Struct: [{ name: "a", dtype: { List: "Binary" } }] } } },
    { name: "flag", type: "Boolean" },
  ]);
});

test("partitions are named by a text that other engines read back", async () => {
  const path = join(folder, "keys.parquet");
  await query(`copy (select date '2001-01-01' as day, timestamp '2001-01-01 06:30:00' as moment, timestamp '2001-01-01 00:00:00.5' as half,
    timestamptz '2001-01-01 00:00:00+00' as instant, -5::bigint as number, true as flag, null::varchar as nothing) to '${path}'`);
  const keys = readParquetSchema(path).map((each) => partitionText(column(each.name), each).alias(each.name));
  expect(scanParquet(path).select(keys).collectSync().rows()[0]).toEqual([
    "2001-01-01",
    "2001-01-01 06:30:00",
    "2001-01-01 00:00:00.500000",
    "2001-01-01 00:00:00+00:00",
    "-5",
    "true",
    null,
  ]);
  expect(() => partitionText(column("score"), { name: "score", type: "Float64" })).toThrow('Column "score" is Float64');
});

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import { encodeQuery, encodeTable } from "../support/encode.ts";
import type { Lab } from "../support/lab.ts";
import { createLab, readParquet, readText } from "../support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

const protocol = "open_inference" as const;
const one = { ...DEFAULT_REQUEST_OPTIONS, tensor: "x" };

describe("a request of tensors", () => {
  test.each([
    ["true", "BOOL", "true"],
    ["1::tinyint", "INT8", "1"],
    ["9007199254740993::bigint", "INT64", "9007199254740993"],
    ["1::utinyint", "UINT8", "1"],
    ["18446744073709551615::ubigint", "UINT64", "18446744073709551615"],
    ["0.1::float", "FP32", "0.1"],
    ["0.1::double", "FP64", "0.1"],
    ["'NaN'::double", "FP64", "null"],
    ["null::double", "FP64", "null"],
    [`'a "b"'`, "BYTES", '"a \\"b\\""'],
    ["1.50::decimal(4,2)", "FP64", "1.50"],
    ["null::decimal(4,2)", "FP64", "null"],
    ["date '2024-05-01'", "BYTES", '"2024-05-01"'],
    ["'\\xFF'::blob", "BYTES", '"/w=="'],
  ])("holds %s as %s", async (sql, datatype, value) => {
    expect(await encodeQuery(lab, `select ${sql} as v`, { protocol })).toEqual([
      `{"id":"000000000000","inputs":[{"name":"v","shape":[1,1],"datatype":"${datatype}","data":[${value}]}]}`,
    ]);
  });

  test("has a tensor for each feature, row by row, and the names of lines that no other line has", async () => {
    const sql = `select i as "a ""b", [i / 2, i]::float[] as l, ['x,y', 'z'] as t from range(3) r(i)`;
    const lines = await encodeQuery(lab, sql, { protocol, batchSize: 2 });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        id: "000000000000",
        inputs: [
          { name: 'a "b', shape: [2, 1], datatype: "INT64", data: [0, 1] },
          { name: "l", shape: [2, 2], datatype: "FP32", data: [0, 0, 0.5, 1] },
          { name: "t", shape: [2, 2], datatype: "BYTES", data: ["x,y", "z", "x,y", "z"] },
        ],
      },
      {
        id: "000000000002",
        inputs: [
          { name: 'a "b', shape: [1, 1], datatype: "INT64", data: [2] },
          { name: "l", shape: [1, 2], datatype: "FP32", data: [1, 2] },
          { name: "t", shape: [1, 2], datatype: "BYTES", data: ["x,y", "z"] },
        ],
      },
    ]);
  });

  test.each([
    [
      "integers and floats",
      "select i as a, i / 2 as b, i::float as c from range(2) r(i)",
      "FP64",
      "0,0.0,0.0,1,0.5,1.0",
    ],
    ["floats of one width", "select 0.5::float as a, 1.5::float as b", "FP32", "0.5,1.5"],
    ["integers", "select 1::tinyint as a, 2::integer as b", "INT32", "1,2"],
    ["booleans", "select true as a, false as b", "BOOL", "true,false"],
    ["text", "select 'x' as a, 'y' as b", "BYTES", '"x","y"'],
    ["what is sent as text", "select 'x' as a, date '2024-05-01' as b", "BYTES", '"x","2024-05-01"'],
    ["decimals and integers", "select 2 as a, 1.50::decimal(4,2) as b", "FP64", "2,1.50"],
    ["one list of decimals", "select [1.50, null]::decimal(4,2)[] as a", "FP64", "1.50,null"],
    ["one list", "select [1.5, 2]::double[] as a", "FP64", "1.5,2.0"],
  ])("may be one tensor of %s", async (_what, sql, datatype, data) => {
    const [line = ""] = await encodeQuery(lab, sql, { protocol, options: one });
    expect(line).toContain(`"inputs":[{"name":"x","shape":[`);
    expect(line).toContain(`"datatype":"${datatype}","data":[${data}]}]`);
  });

  test.each([
    ["a struct", "{'a': 1}", DEFAULT_REQUEST_OPTIONS],
    ["a list of lists", "[[1]]", DEFAULT_REQUEST_OPTIONS],
    ["a list of structs", "[{'a': 1}]", DEFAULT_REQUEST_OPTIONS],
    ["text among numbers in one tensor", "'x'", one],
    ["a list among numbers in one tensor", "[1]", one],
    ["a date among numbers in one tensor", "date '2024-05-01'", one],
  ])("cannot hold %s, which is said before anything is sent", async (_what, sql, options) => {
    await expect(encodeQuery(lab, `select 1::double as n, ${sql} as v`, { protocol, options })).rejects.toMatchObject({
      code: "COLUMN_TYPE_UNSUPPORTED",
      message: expect.stringContaining('"v"'),
    });
  });

  test("has exactly the bytes that were planned, and never more than the limit, whatever the rows", async () => {
    const text = fc
      .string({ unit: "grapheme", maxLength: 8 })
      .map((value) => value.replaceAll("\0", "").toWellFormed());
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 330, max: 700 }),
        fc.integer({ min: 1, max: 15 }),
        fc.boolean(),
        async (texts, maxLineBytes, batchSize, named) => {
          const values = texts.map((each, index) => `(${index}, '${each.replaceAll("'", "''")}')`).join(",");
          const table = await lab.parquet(
            "t.parquet",
            `select n as id, t as "naïve", [n, -n] as l from (values ${values}) v(n, t)`,
          );
          const options = { ...DEFAULT_REQUEST_OPTIONS, params: named ? { ü: "ü" } : null };
          const { pieces, oversized } = await encodeTable(lab, table, { protocol, options, maxLineBytes, batchSize });
          const sent: { id: number; text: string }[] = [];
          for (const { requestPath, bytes } of pieces) {
            const lines = readText(requestPath);
            expect(lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)).toBe(bytes);
            for (const line of lines) {
              expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
              const [ids, names] = JSON.parse(line).inputs;
              sent.push(...ids.data.map((id: number, index: number) => ({ id, text: names.data[index] })));
            }
          }
          expect(oversized).toBeNull();
          expect(sent).toEqual(texts.map((each, id) => ({ id, text: each })));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a row that no tensor can hold", () => {
  test.each([
    ["a null among integers", "i::int", "null", /is null, and a tensor of INT32 has no null/],
    ["a null among booleans", "true", "null", /is null, and a tensor of BOOL/],
    ["a null among texts, by which MLServer merges two rows", "'a'", "null", /is null, and a tensor of BYTES/],
    ["a null instead of a list", "[1.5, i]::double[]", "null", /is null; a list of 2 values is needed/],
    ["a list of another length", "[1.5, i]::double[]", "[1.5]", /a list of another length than 2/],
    ["an empty list", "[1.5, i]::double[]", "[]", /a list of another length than 2/],
    ["a null in a list of integers", "[1, i]", "[1, null]", /a null in its list, and a tensor of INT64/],
  ])("is set aside: %s", async (_what, good, bad, message) => {
    const table = await lab.parquet("t.parquet", `select i as id, if(i = 1, ${bad}, ${good}) as v from range(4) r(i)`);
    const { pieces, unsendable } = await encodeTable(lab, table, { protocol });
    const [line = ""] = pieces.flatMap(({ requestPath }) => readText(requestPath));
    expect(JSON.parse(line).inputs[0].data).toEqual([0, 2, 3]);
    expect(unsendable).toMatchObject({ rows: 1, first: { position: 1, message: expect.stringMatching(message) } });
    expect(await readParquet(unsendable?.path ?? "", "id::int as id, _error_code")).toEqual([
      { id: 1, _error_code: "VALUE_UNSENDABLE" },
    ]);
  });

  test("is no row with a null in a list of floats, nor the first rows of a table whose lists begin later", async () => {
    const sql = "select if(i < 2, null, [null, i]::double[]) as v from range(4) r(i)";
    const { unsendable, pieces } = await encodeTable(lab, await lab.parquet("t.parquet", sql), { protocol });
    expect(unsendable).toMatchObject({ rows: 2 });
    const [line = ""] = pieces.flatMap(({ requestPath }) => readText(requestPath));
    expect(line).toContain('"shape":[2,2],"datatype":"FP64","data":[null,2.0,null,3.0]');
  });
});

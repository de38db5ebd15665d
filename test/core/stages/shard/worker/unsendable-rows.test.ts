import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../../src/core/protocols/request-options.ts";
import { encodeTable } from "../../support/encode.ts";
import type { Lab } from "../../support/lab.ts";
import { createLab, readParquet, readText } from "../../support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

const options = { ...DEFAULT_REQUEST_OPTIONS, nonFinite: "error" } as const;

describe("a row whose text has a line break", () => {
  test.each(["chr(10)", "chr(13)", "'a' || chr(13) || chr(10) || 'b'"])("is not sent in csv: %s", async (text) => {
    const table = await lab.parquet("t.parquet", `select i as id, if(i = 1, ${text}, 'x') as t from range(3) r(i)`);
    const { pieces, unsendable } = await encodeTable(lab, table, { protocol: "csv" });
    expect(pieces.flatMap(({ requestPath }) => readText(requestPath))).toEqual(["0,x", "2,x"]);
    expect(unsendable?.first).toEqual({
      position: 1,
      message:
        'Row 1 of the source (0-based) is not sent: column "t" holds text with a line break, and a request of csv has one row a line.',
    });
  });

  test("is sent in JSON", async () => {
    const table = await lab.parquet("t.parquet", "select chr(10) as t");
    expect((await encodeTable(lab, table)).unsendable).toBeNull();
  });
});

describe("a row with NaN if NaN is an error", () => {
  test.each([
    ["a number", "'NaN'::double"],
    ["a float32", "'-Infinity'::float"],
    ["in a list", "[1.0, 'Infinity'::double, null]"],
    ["in a struct", "{'a': 'x', 'b': 'NaN'::double}"],
    ["deep inside", "[{'a': ['NaN'::double]}, null]"],
  ])("is set aside, named by its column and position: %s", async (_where, value) => {
    const sql = `select i as id, case when i in (2, 5) then ${value} end as v from range(7) r(i)`;
    const table = await lab.parquet("t.parquet", sql);
    const { pieces, unsendable } = await encodeTable(lab, table, { options, offset: 1, rows: 6 });
    expect(pieces.flatMap(({ requestPath }) => readText(requestPath)).map((line) => JSON.parse(line).id)).toEqual([
      1, 3, 4, 6,
    ]);
    expect(unsendable).toMatchObject({ rows: 2, first: { position: 2 } });
    const letters = await readParquet(unsendable?.path ?? "", "id::int as id, _error_code, _error_message, _row_id");
    expect(letters).toEqual(
      [2, 5].map((id) => ({
        id,
        _error_code: "VALUE_UNSENDABLE",
        _error_message: `Row ${id} of the source (0-based) is not sent: column "v" holds NaN or an infinity, and requests.non_finite is error.`,
        _row_id: null,
      })),
    );
  });

  test("is sent if the value is not a feature", async () => {
    const table = await lab.parquet("t.parquet", "select 1 as id, 'NaN'::double as v");
    const { unsendable } = await encodeTable(lab, table, { options, features: ["id"] });
    expect(unsendable).toBeNull();
  });

  test("does not count as too large, and a row that does keeps its own position", async () => {
    const sql = "select if(i = 1, 'NaN'::double, i) as v, repeat('x', if(i in (1, 3), 600, 5)) as t from range(5) r(i)";
    const table = await lab.parquet("t.parquet", sql);
    const { unsendable, oversized, pieces } = await encodeTable(lab, table, { options, maxLineBytes: 500 });
    expect(unsendable).toMatchObject({ rows: 1, first: { position: 1 } });
    expect(oversized).toMatchObject({ rows: 1, first: { position: 3 } });
    expect(pieces.map(({ rows }) => rows)).toEqual([3]);
  });
});

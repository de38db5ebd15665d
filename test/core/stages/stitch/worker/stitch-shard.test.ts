import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { typeText } from "../../../../../src/core/domain/types/column-type.ts";
import type { FileDigest } from "../../../../../src/core/util/file-digest.ts";
import type { Lab } from "../../support/lab.ts";
import { createLab, query, readParquet } from "../../support/lab.ts";
import type { StitchOptions } from "../../support/stitch.ts";
import { stitchAnswers } from "../../support/stitch.ts";

let lab: Lab;

function fileDigest(text: string): FileDigest {
  return { bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
}

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

const answer = (...predictions: unknown[]): string => JSON.stringify({ predictions });
const numbered = (rows: number): Promise<string> =>
  lab.parquet("features.parquet", `select i::int as id from range(${rows}) r(i)`);

describe("a response file", () => {
  test("that holds less than was written is an error, though its last number looks whole", async () => {
    const features = await lab.parquet("features.parquet", "select i::int as id from range(2) r(i)");
    const whole = [answer(1), answer(123456789012)];
    const written = fileDigest(whole.map((line) => `${line}\n`).join(""));
    const cut = [answer(1), answer(123456789)];
    expect(() => stitchAnswers(lab, features, cut, { lineRows: [[1, 2]], written })).toThrow(
      expect.objectContaining({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("48 bytes of the 51 that were written"),
      }),
    );
    expect(stitchAnswers(lab, features, whole, { lineRows: [[1, 2]], written })).toMatchObject({
      scored: 2,
      response: written,
    });
  });

  test("that holds other bytes of the same number is an error", async () => {
    const features = await lab.parquet("features.parquet", "select i::int as id from range(1) r(i)");
    const written = fileDigest(`${answer(1)}\n`);
    expect(() => stitchAnswers(lab, features, [answer(2)], { written })).toThrow(
      expect.objectContaining({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("other bytes than were written"),
      }),
    );
  });

  test("whose last line has no line feed is an error: it may be cut", async () => {
    const features = await lab.parquet("features.parquet", "select i::int as id from range(1) r(i)");
    const responsePath = lab.write("cut.jsonl.out", answer(1));
    expect(() => stitchAnswers(lab, features, [answer(1)], { responsePath })).toThrow(
      expect.objectContaining({ code: "RESPONSE_INVALID", message: expect.stringContaining("has no line feed") }),
    );
  });

  test("that a backend reported and did not write is named", async () => {
    const features = await lab.parquet("features.parquet", "select i::int as id from range(1) r(i)");
    expect(() => stitchAnswers(lab, features, [], { responsePath: lab.path("gone.out"), lineRows: [[1, 1]] })).toThrow(
      expect.objectContaining({ code: "RESPONSE_INVALID", message: expect.stringMatching(/gone\.out does not exist/) }),
    );
  });
});

describe("answers joined with their rows", () => {
  test("keep the rows' order and their types", async () => {
    const features = await lab.parquet(
      "features.parquet",
      "select 9007199254740993 + i as id, (1.10 + i)::decimal(20,2) as d, '\\xFF'::blob as b, [{'x': i}] as l from range(3) r(i)",
    );
    stitchAnswers(lab, features, [answer(1, 2), answer(3)], {
      lineRows: [
        [2, 1],
        [1, 1],
      ],
      keep: ["id", "d", "b", "l"],
    });
    expect(
      await readParquet(lab.path("stitched.parquet"), "id, d, hex(b) as b, l[1].x::int as x, prediction::int as p"),
    ).toEqual([
      { id: "9007199254740993", d: "1.10", b: "FF", x: 0, p: 1 },
      { id: "9007199254740994", d: "2.10", b: "FF", x: 1, p: 2 },
      { id: "9007199254740995", d: "3.10", b: "FF", x: 2, p: 3 },
    ]);
  });

  test("are those of their own request if answers have its id", async () => {
    const tensors = (id: string, ...values: readonly number[]) =>
      `{"id":"${id}","outputs":[{"name":"y","shape":[${values.length}],"datatype":"INT64","data":[${values}]}]}`;
    const outcome = stitchAnswers(lab, await numbered(3), [tensors("000000000040", 1, 2), tensors("000000000007", 3)], {
      protocol: "open_inference",
      firstId: 40,
      lineRows: [
        [2, 1],
        [1, 1],
      ],
    });
    expect(outcome).toMatchObject({
      scored: 2,
      deadLettered: 1,
      firstFailure: { code: "ECHOED_ID_MISMATCH", line: 1 },
    });
    expect(outcome.firstFailure?.message).toContain('the request was "000000000042"');
  });

  test("may bring the position of each row in the run", async () => {
    stitchAnswers(lab, await numbered(3), [answer(1, 2), answer(3)], {
      lineRows: [
        [2, 1],
        [1, 1],
      ],
      includeRowId: true,
    });
    expect(await readParquet(lab.path("stitched.parquet"), "row_id::int as r, batch_index::int as b, id")).toEqual([
      { r: 100, b: 0, id: 0 },
      { r: 100, b: 1, id: 1 },
      { r: 101, b: 0, id: 2 },
    ]);
  });

  test("are separate columns if they are objects, also under names that the engine would expand", async () => {
    const prediction = { "*": 1, "^a.*$": 2, "a.b": 3, lazy: 4, __proto__x: 5, 'say "hi"': 6 };
    stitchAnswers(lab, await numbered(1), [answer(prediction)], { prefix: "p " });
    const [row] = await readParquet(lab.path("stitched.parquet"));
    expect(Object.keys(row ?? {})).toEqual(["id", ...Object.keys(prediction).map((name) => `p ${name}`)]);
  });

  test("are flattened if the job says so", async () => {
    const options = { flatten: true };
    stitchAnswers(lab, await numbered(1), [answer({ a: { b: 1, c: { d: "x" } }, e: [2] })], options);
    expect(await readParquet(lab.path("stitched.parquet"), "a_b::int as a_b, a_c_d, e::varchar as e")).toEqual([
      { a_b: 1, a_c_d: "x", e: "[2]" },
    ]);
  });

  test("leave no column if all are null, so that another shard may say their type", async () => {
    const { predictionColumns, form, scored } = stitchAnswers(lab, await numbered(2), [answer(null), answer(null)]);
    expect({ predictionColumns, form, scored }).toEqual({ predictionColumns: [], form: "none", scored: 2 });
    expect(await query(`select column_name from (describe from '${lab.path("stitched.parquet")}')`)).toEqual([
      { column_name: "id" },
    ]);
  });

  test("are sorted by partition, each partition in the order of its rows", async () => {
    const features = await lab.parquet(
      "features.parquet",
      "select i::int as id, 'd' || (i % 2) as ds from range(5) r(i)",
    );
    const { partitions } = stitchAnswers(lab, features, [answer(0, 1, 2, 3, 4)], {
      lineRows: [[5, 1]],
      keep: ["id", "ds"],
      partitionBy: ["ds"],
    });
    expect(partitions).toEqual([
      { values: ["d0"], offset: 0, rows: 3 },
      { values: ["d1"], offset: 3, rows: 2 },
    ]);
    const rows = await readParquet(lab.path("stitched.parquet"), "id, prediction::int as p");
    expect(rows).toEqual([0, 2, 4, 1, 3].map((id) => ({ id, p: id })));
  });
});

describe("partitions", () => {
  /** Stitches rows that an SQL query gives, and returns the partitions with the ids of the rows that the file holds there. */
  async function partitionsOf(sql: string, partitionBy: string[]) {
    const features = await lab.parquet("features.parquet", sql);
    const [{ rows } = { rows: 0 }] = (await query(`select count(*)::int as rows from '${features}'`)) as {
      rows: number;
    }[];
    const { partitions } = stitchAnswers(lab, features, [answer(...Array(rows).fill(1))], {
      lineRows: [[rows, 1]],
      partitionBy,
    });
    const ids = (await readParquet(lab.path("stitched.parquet"), "id::int as id")).map(({ id }) => id);
    return partitions.map(({ values, offset, rows }) => [values, ids.slice(offset, offset + rows)]);
  }

  test("that are together already are not moved", async () => {
    const sql = "select i as id, ['b', 'b', NULL, 'a', ''][i + 1] as ds from range(5) r(i)";
    expect(await partitionsOf(sql, ["ds"])).toEqual([
      [["b"], [0, 1]],
      [[null], [2]],
      [["a"], [3]],
      [[""], [4]],
    ]);
  });

  test("that do not are brought together by all of their columns", async () => {
    const sql = "select i as id, i % 2 as odd, ['a', NULL][i // 3 + 1] as half from range(6) r(i)";
    expect(await partitionsOf(sql, ["odd", "half"])).toEqual([
      [["0", null], [4]],
      [
        ["0", "a"],
        [0, 2],
      ],
      [
        ["1", null],
        [3, 5],
      ],
      [["1", "a"], [1]],
    ]);
  });

  test("that change with every row are brought together, too", async () => {
    const partitions = await partitionsOf("select i as id, i % 2 = 1 as odd from range(5000) r(i)", ["odd"]);
    expect(partitions).toEqual([
      [["false"], Array.from({ length: 2500 }, (_, index) => 2 * index)],
      [["true"], Array.from({ length: 2500 }, (_, index) => 2 * index + 1)],
    ]);
  });

  test.each([
    ["DATE '2001-01-01' + i::int", ["2001-01-01", "2001-01-02"]],
    ["TIMESTAMP '2001-01-01 06:30:00' + to_hours(i::int)", ["2001-01-01 06:30:00", "2001-01-01 07:30:00"]],
    ["(1.10 + i)::decimal(20, 2)", ["1.10", "2.10"]],
    ["9007199254740992 + i", ["9007199254740992", "9007199254740993"]],
    ["(i + 1)::utinyint", ["1", "2"]],
    ["i = 1", ["false", "true"]],
  ])("may be by %s", async (value, [first, second]) => {
    const together = `select 2 * i + k as id, ${value} as key from range(2) r(i), range(2) s(k) order by id`;
    expect(await partitionsOf(together, ["key"])).toEqual([
      [[first], [0, 1]],
      [[second], [2, 3]],
    ]);
    const scattered = `select i + 2 * k as id, ${value} as key from range(2) r(i), range(2) s(k) order by id`;
    expect(await partitionsOf(scattered, ["key"])).toEqual([
      [[first], [0, 2]],
      [[second], [1, 3]],
    ]);
  });
});

describe("a shard is rejected as a whole", () => {
  test.each([2, 4])("if its answer file has %i lines for 3", async (lines) => {
    const features = await numbered(3);
    const answers = Array.from({ length: lines }, () => answer(1));
    expect(() => stitchAnswers(lab, features, answers, { lineRows: [[1, 3]] })).toThrow(
      expect.objectContaining({
        code: "LINE_COUNT_MISMATCH",
        message: expect.stringMatching(
          new RegExp(`^Shard 4: the answer file .* has ${lines} lines for 3 request lines`),
        ),
        facts: expect.objectContaining({ shard: 4, details: { requestLines: 3, answerLines: lines } }),
      }),
    );
  });

  test.each<[string, unknown, StitchOptions]>([
    ["a column of the table", { id: 1 }, {}],
    ["the row's position", { row_id: 1 }, { includeRowId: true }],
    ["another prediction", { a_b: 1, a: { b: 2 } }, { flatten: true }],
  ])("where a prediction has the name of %s", async (_what, prediction, options) => {
    const features = await numbered(1);
    expect(() => stitchAnswers(lab, features, [answer(prediction)], options)).toThrow(
      expect.objectContaining({
        code: "COLUMN_COLLISION",
        facts: expect.objectContaining({ shard: 4, option: "output.prefix" }),
      }),
    );
    if (options.flatten === undefined) stitchAnswers(lab, features, [answer(prediction)], { ...options, prefix: "p_" });
  });
});

describe("rows that failed", () => {
  test("are left out of the table and kept with every column, their place and their cause", async () => {
    const features = await lab.parquet("features.parquet", "select i::int as id, 'x' || i as other from range(4) r(i)");
    const outcome = stitchAnswers(lab, features, [answer(1, { error: "bad" }), "", answer(4)], {
      lineRows: [
        [2, 1],
        [1, 2],
      ],
    });
    expect(outcome).toMatchObject({
      scored: 2,
      deadLettered: 2,
      firstFailure: { code: "ROW_FAILED", message: "bad", line: 0 },
    });
    expect(await readParquet(lab.path("stitched.parquet"), "id, prediction::int as p")).toEqual([
      { id: 0, p: 1 },
      { id: 3, p: 4 },
    ]);
    expect(
      await readParquet(
        lab.path("dead-letter.parquet"),
        "id, other, _shard::int as s, _row_id::int as r, _batch_index::int as b, _error_code as code, _attempts as attempts",
      ),
    ).toEqual([
      { id: 1, other: "x1", s: 4, r: 100, b: 1, code: "ROW_FAILED", attempts: 1 },
      { id: 2, other: "x2", s: 4, r: 101, b: 0, code: "LINE_NOT_JSON", attempts: 1 },
    ]);
  });

  test("leave no file if no row failed", async () => {
    expect(stitchAnswers(lab, await numbered(1), [answer(1)]).deadLetterPath).toBeNull();
    expect(existsSync(lab.path("dead-letter.parquet"))).toBe(false);
  });

  test("may be all of them", async () => {
    const outcome = stitchAnswers(lab, await numbered(2), ["no", "no"], { predictions: { prediction: "double" } });
    expect(outcome).toMatchObject({ scored: 0, deadLettered: 2, form: "none", partitions: [] });
  });

  test("that failed before have their new cause", async () => {
    const features = await lab.parquet(
      "features.parquet",
      "select 1 as id, 'OLD' as _error_code, 7::bigint as _row_id",
    );
    stitchAnswers(lab, features, ["no"]);
    expect(await readParquet(lab.path("dead-letter.parquet"), "_error_code, _row_id::int as r")).toEqual([
      { _error_code: "LINE_NOT_JSON", r: 100 },
    ]);
  });
});

describe("predictions under a contract", () => {
  /** One prediction a row, held to one type; the values as DuckDB prints them. */
  async function held(type: string, texts: string[]): Promise<unknown> {
    const lines = texts.map((text) => `{"predictions":[${text}]}`);
    const { predictionColumns } = stitchAnswers(lab, await numbered(texts.length), lines, {
      predictions: { prediction: type },
    });
    const rows = await readParquet(lab.path("stitched.parquet"), "prediction::varchar as v");
    return [typeText(predictionColumns[0]?.type ?? "Null"), ...rows.map(({ v }) => v)];
  }

  test.each([
    ["int64", ["4.0", "5", "null"], ["Int64", "4", "5", null]],
    ["int64", ["9007199254740993"], ["Int64", "9007199254740993"]],
    ["int8", ["127", "-128"], ["Int8", "127", "-128"]],
    ["uint64", ["18446744073709551615", "1"], ["UInt64", "18446744073709551615", "1"]],
    ["double", ["1", "2.5"], ["Float64", "1.0", "2.5"]],
    ["double", ["1", "2"], ["Float64", "1.0", "2.0"]],
    ["float", ["0.1"], ["Float32", "0.1"]],
    ["boolean", ["0", "1", "null"], ["Boolean", "false", "true", null]],
    ["boolean", ["1.0", "0.0"], ["Boolean", "true", "false"]],
    ["boolean", ["true"], ["Boolean", "true"]],
    ["string", ['"4"', '""'], ["String", "4", ""]],
    ["date", ['"2024-02-29"', "null"], ["Date", "2024-02-29", null]],
    [
      "timestamp",
      [
        '"2024-01-02T03:04:05"',
        '"2024-01-02 03:04:05.123456"',
        '"2024-01-02T03:04:05Z"',
        '"2024-01-02T03:04:05+00:00"',
      ],
      [
        "Datetime(Microseconds)",
        "2024-01-02 03:04:05",
        "2024-01-02 03:04:05.123456",
        "2024-01-02 03:04:05",
        "2024-01-02 03:04:05",
      ],
    ],
    ["list<double>", ["[1, 2]", "[]", "null"], ["List(Float64)", "[1.0, 2.0]", "[]", null]],
    ["string", ["null", "null"], ["String", null, null]],
  ])("%s takes %j", async (type, texts, expected) => {
    expect(await held(type, texts)).toEqual(expected);
  });

  test.each([
    ["int64", ["4", "4.7"], "is 4.7, and output.predictions states int64"],
    ["int64", ["1", "1e30"], "is 1e30"],
    ["int64", ["1", "9007199254740993.0"], "is 9007199254740993.0"],
    ["int8", ["1", "128"], "is 128"],
    ["int64", ["1", '"4"'], 'is \\"4\\", and output.predictions states int64'],
    ["uint64", ["1", "-1"], "is -1"],
    ["boolean", ["0", "2"], "is 2"],
    ["boolean", ["0", "0.5"], "is 0.5"],
    ["string", ['"x"', "4"], "is 4, and output.predictions states string"],
    ["double", ["1", '"4"'], 'is \\"4\\"'],
    ["double", ["1", '"NaN"'], 'is \\"NaN\\"'],
    ["double", ["1", "true"], "is true"],
    ["date", ['"2024-02-28"', '"2024-02-30"'], 'is \\"2024-02-30\\"'],
    ["date", ['"2024-02-28"', '"01.02.2024"'], 'is \\"01.02.2024\\"'],
    ["timestamp", ['"2024-01-02T03:04:05Z"', '"2024-01-02T03:04:05+02:00"'], 'is \\"2024-01-02T03:04:05+02:00\\"'],
    ["list<string>", ['["x"]', "[1]"], "is [1], and output.predictions states list<string>"],
    ["double", ["1", "[1]"], "is [1]"],
    ["double not null", ["1", "null"], "is null, and output.predictions states double not null"],
    ["list<double not null>", ["[1]", "[null]"], "is [null], and output.predictions states list<double not null>"],
  ])("a value that is no %s fails its row: %j", async (type, texts, complaint) => {
    const lines = texts.map((text) => `{"predictions":[${text}]}`);
    const outcome = stitchAnswers(lab, await numbered(texts.length), lines, { predictions: { prediction: type } });
    expect(outcome).toMatchObject({ scored: 1, deadLettered: 1, firstFailure: { line: 1 } });
    const [row] = await readParquet(lab.path("dead-letter.parquet"), "id::int as id, _error_code, _error_message");
    expect(row).toMatchObject({ id: 1, _error_code: "PREDICTIONS_CONTRACT_VIOLATED" });
    expect(JSON.stringify(row)).toContain(complaint);
  });

  test("whole numbers keep every digit next to numbers such as 1.0", async () => {
    expect(await held("int64", ["9007199254740993", "1.0", "1e3"])).toEqual(["Int64", "9007199254740993", "1", "1000"]);
  });

  test("are structs of the stated fields, in the stated order", async () => {
    const stated = { score: "double", detail: "struct<a: double, b: string>" };
    const lines = ['{"predictions":[{"detail":{"b":"x","a":1},"score":2}]}'];
    const { predictionColumns } = stitchAnswers(lab, await numbered(1), lines, { predictions: stated });
    expect(predictionColumns.map(({ name, type }) => `${name} ${typeText(type)}`)).toEqual([
      "score Float64",
      "detail Struct(a: Float64, b: String)",
    ]);
    const rows = await readParquet(lab.path("stitched.parquet"), "score, detail.a as a, detail.b as b");
    expect(rows).toEqual([{ score: 2, a: 1, b: "x" }]);
  });

  test.each([
    [{ label: "string" }, '"missing" missing'],
    [{ label: "string", missing: "double", extra: "double" }, '"extra" not stated'],
  ])("name each column: the model answers %j", async (answered, complaint) => {
    const prediction = Object.fromEntries(Object.keys(answered).map((name) => [name, name === "label" ? "x" : 1]));
    const features = await numbered(1);
    const predictions = { label: "string", missing: "double" };
    expect(() => stitchAnswers(lab, features, [answer(prediction)], { predictions })).toThrow(
      expect.objectContaining({ code: "PREDICTIONS_CONTRACT_VIOLATED", message: expect.stringContaining(complaint) }),
    );
  });

  test("are typed also in a shard without a single one, so that all shards agree", async () => {
    const predictions = { label: "string", score: "double" };
    const { predictionColumns } = stitchAnswers(lab, await numbered(1), [answer(null)], { predictions });
    expect(predictionColumns).toEqual([
      { name: "label", type: "String" },
      { name: "score", type: "Float64" },
    ]);
  });
});

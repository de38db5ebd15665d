import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import { largestRowBytes, planFiles, planLines } from "../../../../src/core/stages/shard/worker/line-plan.ts";
import { expandRunLengths } from "../../../../src/core/util/run-lengths.ts";
import type { EncodeOptions } from "../support/encode.ts";
import { encodeTable } from "../support/encode.ts";
import type { Lab } from "../support/lab.ts";
import { createLab, query, readParquet, readText } from "../support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

/** Rows between 20 and some 150 bytes, most of them in characters of several bytes. */
const UNEVEN = "select i as id, repeat('ü😀', (i * 7) % 20) as t from range(400) r(i)";
const LIMITS: EncodeOptions = { protocol: "instances", batchSize: 7, maxLineBytes: 500, maxFileBytes: 2000 };

type Instances = { instances: { id: number; t: string }[] };

describe("a table that is cut into shards", () => {
  test("is whole and in its order, line after line", async () => {
    const { pieces } = await encodeTable(lab, await lab.parquet("t.parquet", UNEVEN), LIMITS);
    const rows = pieces
      .flatMap(({ requestPath }) => readText(requestPath))
      .flatMap((line) => (JSON.parse(line) as Instances).instances);
    const wanted = await query(`select id::int as id, t from (${UNEVEN})`);
    expect(rows).toEqual(wanted);
    expect(pieces.length).toBeGreaterThan(10);
  });

  test("has no file and no line above its limit, counted in bytes", async () => {
    const { pieces } = await encodeTable(lab, await lab.parquet("t.parquet", UNEVEN), LIMITS);
    for (const { requestPath, bytes } of pieces) {
      const content = readFileSync(requestPath);
      expect(content.length).toBe(bytes);
      expect(content.length).toBeLessThanOrEqual(2000);
      expect(content.at(-1)).toBe(10);
      for (const line of readText(requestPath)) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(500);
    }
  });

  test("knows the rows of each line, and keeps them in a separate file with their types", async () => {
    const { pieces } = await encodeTable(lab, await lab.parquet("t.parquet", UNEVEN), LIMITS);
    for (const { requestPath, featuresPath, lineRows, rows, lines } of pieces) {
      const requests = readText(requestPath).map((line) => (JSON.parse(line) as Instances).instances);
      expect([...expandRunLengths(lineRows)]).toEqual(requests.map(({ length }) => length));
      expect(requests.length).toBe(lines);
      expect(await readParquet(featuresPath, "id::int as id, t")).toEqual(requests.flat());
      expect(requests.flat().length).toBe(rows);
    }
  });

  test("fills a line to its last byte", async () => {
    const table = await lab.parquet("t.parquet", "select 'aa' as t from range(6)");
    const three = Buffer.byteLength('{"instances":[{"t":"aa"},{"t":"aa"},{"t":"aa"}]}');
    const lengths = async (maxLineBytes: number): Promise<number[]> => {
      const { pieces } = await encodeTable(lab, table, { protocol: "instances", maxLineBytes });
      return [...expandRunLengths(pieces[0]?.lineRows ?? [])];
    };
    expect(await lengths(three)).toEqual([3, 3]);
    expect(await lengths(three - 1)).toEqual([2, 2, 2]);
  });

  test("counts the names that dataframe_split sends with every line", async () => {
    const table = await lab.parquet("t.parquet", `select 1 as "${"ü".repeat(50)}" from range(3)`);
    const one = Buffer.byteLength(`{"dataframe_split":{"columns":["${"ü".repeat(50)}"],"data":[[1]]}}`);
    const { pieces } = await encodeTable(lab, table, { protocol: "dataframe_split", maxLineBytes: one });
    expect(pieces.map(({ lineRows }) => [...expandRunLengths(lineRows)])).toEqual([[1, 1, 1]]);
    expect(readText(pieces[0]?.requestPath ?? "").map((line) => Buffer.byteLength(line))).toEqual([one, one, one]);
  });
});

test("the line of names counts in the limit of a request, and not in that of a file", async () => {
  const table = await lab.parquet("t.parquet", `select repeat('x', i + 1) as "naïve" from range(5) r(i)`);
  const header = Buffer.byteLength("naïve\n");
  const limits = { protocol: "csv", maxLineBytes: header + 4, maxFileBytes: 20 } as const;
  const { pieces, oversized } = await encodeTable(lab, table, limits);
  expect(pieces.map(({ lines, bytes }) => [lines, bytes])).toEqual([[4, 14]]);
  expect(oversized).toMatchObject({ rows: 1, limitBytes: 4 });
  const bare = { ...DEFAULT_REQUEST_OPTIONS, csvHeader: false };
  expect((await encodeTable(lab, table, { ...limits, options: bare })).oversized).toBeNull();
});

describe("parameters of the model", () => {
  test("count in the limit of a line, in bytes", async () => {
    const options = { ...DEFAULT_REQUEST_OPTIONS, params: { ü: "ü".repeat(50) } };
    const table = await lab.parquet("t.parquet", "select 'aa' as t from range(6)");
    const three = Buffer.byteLength(
      `{"instances":[{"t":"aa"},{"t":"aa"},{"t":"aa"}],"params":${JSON.stringify(options.params)}}`,
    );
    for (const [maxLineBytes, rows] of [
      [three, [3, 3]],
      [three - 1, [2, 2, 2]],
    ] as const) {
      const { pieces } = await encodeTable(lab, table, { protocol: "instances", options, maxLineBytes });
      expect([...expandRunLengths(pieces[0]?.lineRows ?? [])]).toEqual(rows);
    }
  });
});

describe("a row that fits into no request", () => {
  const sql = "select i as id, repeat('x', case when i in (3, 4, 9) then 600 else 5 end) as t from range(10) r(i)";

  test("is set aside with its cause and named by its position, and the others are sent", async () => {
    const table = await lab.parquet("t.parquet", sql);
    const { pieces, oversized } = await encodeTable(lab, table, { ...LIMITS, offset: 2, rows: 8 });
    const sent = pieces.flatMap(({ requestPath }) =>
      readText(requestPath).map((line) => JSON.parse(line) as Instances),
    );
    expect(sent.flatMap(({ instances }) => instances.map(({ id }) => id))).toEqual([2, 5, 6, 7, 8]);
    expect(oversized).toMatchObject({ rows: 3, first: { position: 3, bytes: 615 }, limitBytes: 484 });
    expect(
      await readParquet(oversized?.path ?? "", "id::int as id, length(t)::int as t, _error_code, _row_id"),
    ).toEqual([3, 4, 9].map((id) => ({ id, t: 600, _error_code: "ROW_TOO_LARGE", _row_id: null })));
  });

  test("may be every row", async () => {
    const table = await lab.parquet("t.parquet", "select repeat('x', 600) as t from range(3)");
    const { pieces, oversized } = await encodeTable(lab, table, LIMITS);
    expect(pieces).toEqual([]);
    expect(oversized).toMatchObject({ rows: 3, first: { position: 0 } });
  });

  test("may be one that was a dead letter before: its new cause takes the place of the old one", async () => {
    const table = await lab.parquet(
      "t.parquet",
      "select repeat('x', 600) as t, 'OLD' as _error_code, 7::bigint as _shard",
    );
    const { oversized } = await encodeTable(lab, table, LIMITS);
    expect(await readParquet(oversized?.path ?? "", "_error_code, _shard")).toEqual([
      { _error_code: "ROW_TOO_LARGE", _shard: null },
    ]);
  });
});

describe("the plan of lines and files", () => {
  const limits = fc.record({
    batchSize: fc.integer({ min: 1, max: 12 }),
    maxLineBytes: fc.integer({ min: 60, max: 300 }),
    maxFileBytes: fc.integer({ min: 61, max: 900 }),
    envelopeBytes: fc.integer({ min: 0, max: 15 }),
    separatorBytes: fc.integer({ min: 1, max: 3 }),
    countMarks: fc.integer({ min: 0, max: 3 }),
  });

  test("places every row once, in order, within all limits, for any sizes", () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 200 }), (given, sizes) => {
        const lines = planLines(sizes, given);
        const files = planFiles(lines, given.maxFileBytes);
        expect(files.flat()).toEqual(lines);
        let row = 0;
        for (const { rows, bytes } of lines) {
          const held = sizes.slice(row, row + rows);
          const around =
            given.envelopeBytes + (rows - 1) * given.separatorBytes + given.countMarks * String(rows).length;
          expect(bytes).toBe(around + held.reduce((sum, size) => sum + size, 0));
          expect(rows).toBeLessThanOrEqual(given.batchSize);
          expect(bytes).toBeLessThanOrEqual(given.maxLineBytes);
          row += rows;
        }
        expect(row).toBe(sizes.length);
        for (const file of files) {
          expect(file.reduce((sum, { bytes }) => sum + bytes + 1, 0)).toBeLessThanOrEqual(given.maxFileBytes);
        }
      }),
    );
  });

  test("takes a row of the largest size, alone in its line and file", () => {
    const given = {
      batchSize: 5,
      maxLineBytes: 100,
      maxFileBytes: 80,
      envelopeBytes: 10,
      separatorBytes: 1,
      countMarks: 0,
    };
    const size = largestRowBytes(given);
    const lines = planLines([size, size], given);
    expect(lines).toEqual([
      { rows: 1, bytes: 79 },
      { rows: 1, bytes: 79 },
    ]);
    expect(planFiles(lines, given.maxFileBytes)).toHaveLength(2);
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parsePredictionTypes } from "../../../../../src/core/domain/types/parse-prediction-type.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../../src/core/protocols/request-options.ts";
import { readParquetSchema } from "../../../../../src/core/stages/extract/worker/parquet-schema.ts";
import type { StitchShardInput } from "../../../../../src/core/stages/stitch/worker/stitch-shard.ts";
import { stitchShards } from "../../../../../src/core/stages/stitch/worker/stitch-shards.ts";
import type { Lab } from "../../support/lab.ts";
import { createLab, readParquet } from "../../support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

/** A shard of four rows, whose partitions alternate, in two lines. */
async function shard(number: number, lines: readonly string[], more: Partial<StitchShardInput> = {}) {
  const sql = `select ${number * 10} + i as id, 'd' || (i % 2) as ds from range(4) r(i)`;
  const featuresPath = await lab.parquet(`features-${number}.parquet`, sql);
  return {
    shard: number,
    featuresPath,
    responsePath: lab.write(`${number}.out`, lines.map((line) => `${line}\n`).join("")),
    firstRowId: number * 2,
    lineRows: [[2, 2]],
    protocol: "instances",
    options: DEFAULT_REQUEST_OPTIONS,
    naming: { prefix: "", flatten: false },
    contract: null,
    source: readParquetSchema(featuresPath),
    keep: ["id"],
    partitionBy: ["ds"],
    includeRowId: false,
    outputPath: lab.path(`${number}.parquet`),
    deadLetterPath: lab.path(`${number}-failed.parquet`),
    ...more,
  } satisfies StitchShardInput;
}

const answer = (...predictions: unknown[]): string => JSON.stringify({ predictions });

/** What each shard says of its partitions, with the rows that its file holds there. */
async function partitionsOf(inputs: readonly StitchShardInput[], columns: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const { shard: number, path, partitions } of stitchShards(inputs)) {
    const rows = (await readParquet(path, columns)).map((row) => Object.values(row));
    for (const { values, offset, rows: count } of partitions)
      found.push([number, ...values, rows.slice(offset, offset + count)]);
  }
  return found;
}

describe("shards that are stitched together", () => {
  test("share a file, in which each has its own partitions, in the order of its rows", async () => {
    const inputs = [await shard(1, [answer(0, 1), answer(2, 3)]), await shard(7, [answer(4, 5), answer(6, 7)])];
    expect(new Set(stitchShards(inputs).map(({ path }) => path)).size).toBe(1);
    expect(await partitionsOf(inputs, "id::int as id, prediction::int as p")).toEqual([
      [
        1,
        "d0",
        [
          [10, 0],
          [12, 2],
        ],
      ],
      [
        1,
        "d1",
        [
          [11, 1],
          [13, 3],
        ],
      ],
      [
        7,
        "d0",
        [
          [70, 4],
          [72, 6],
        ],
      ],
      [
        7,
        "d1",
        [
          [71, 5],
          [73, 7],
        ],
      ],
    ]);
  });

  test("know the numbers of their own request lines", async () => {
    const more = { includeRowId: true, partitionBy: [] };
    const inputs = [
      await shard(1, [answer("a", "b"), answer("c", "d")], more),
      await shard(7, [answer("e", "f"), answer("g", "h")], more),
    ];
    expect(await partitionsOf(inputs, "row_id::int as r, batch_index::int as b, prediction as p")).toEqual([
      [
        1,
        [
          [2, 0, "a"],
          [2, 1, "b"],
          [3, 0, "c"],
          [3, 1, "d"],
        ],
      ],
      [
        7,
        [
          [14, 0, "e"],
          [14, 1, "f"],
          [15, 0, "g"],
          [15, 1, "h"],
        ],
      ],
    ]);
  });

  test("count their own null predictions", async () => {
    const inputs = [
      await shard(1, [answer(null, 1), answer(2, null)]),
      await shard(2, [answer(1, 1), answer(1, 1)]),
      await shard(3, [answer(null, null), answer(null, null)]),
    ];
    expect(stitchShards(inputs).map(({ nullPredictions }) => nullPredictions)).toEqual([2, 0, 4]);
  });

  test.each<[string, string[], string[]]>([
    ["too many lines", [answer(1, 2), answer(3, 4), answer(5, 6)], [answer(7, 8)]],
    ["a line too few", [answer(1, 2)], [answer(3, 4), answer(5, 6), answer(7, 8)]],
  ])("do not lend each other lines: %s", async (_, first, second) => {
    const inputs = [await shard(1, first), await shard(2, second)];
    expect(() => stitchShards(inputs)).toThrow(
      expect.objectContaining({ code: "LINE_COUNT_MISMATCH", facts: expect.objectContaining({ shard: 1 }) }),
    );
  });

  test("lose only the rows of the one that has a failure", async () => {
    const inputs = [
      await shard(1, [answer(1, 2), answer(3, 4)]),
      await shard(2, [answer(1, { error: "bad" }), answer(3, 4)]),
    ];
    expect(stitchShards(inputs)).toMatchObject([
      { shard: 1, scored: 4, deadLettered: 0 },
      { shard: 2, scored: 3, deadLettered: 1, firstFailure: { message: expect.stringContaining("bad") } },
    ]);
  });

  test("lose the row that breaks the contract, by the name of its shard", async () => {
    const contract = parsePredictionTypes({ prediction: "int32" });
    const inputs = [
      await shard(1, [answer(1, 2), answer(3, 4)], { contract }),
      await shard(2, [answer(1, 2), answer(3, "x")], { contract }),
    ];
    const [good, bad] = stitchShards(inputs);
    expect(good).toMatchObject({ shard: 1, scored: 4, deadLettered: 0 });
    expect(bad).toMatchObject({ shard: 2, scored: 3, deadLettered: 1 });
    expect(bad?.firstFailure?.message).toContain('Shard 2, line 1: "prediction" is "x"');
  });

  test.each(["inner", "columns", "_df", "slice", "lazy", "hstack"])("may have a column named %s", async (name) => {
    const inputs = await Promise.all(
      [1, 2].map(async (number) => {
        const sql = `select ${number} as "${name}", i as id from range(4) r(i)`;
        const featuresPath = await lab.parquet(`named-${number}.parquet`, sql);
        const more = { featuresPath, source: readParquetSchema(featuresPath), keep: [name, "id"], partitionBy: [] };
        return shard(number, [answer(1, 2), answer(3, 4)], more);
      }),
    );
    const rows = await partitionsOf(inputs, `"${name}"::int as n, id::int as id`);
    expect(rows).toEqual([1, 2].map((number) => [number, [0, 1, 2, 3].map((id) => [number, id])]));
  });
});

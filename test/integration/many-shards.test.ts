import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";

const ROWS = 3000;

/** One answer, in some lines, is another kind of number, in some null, and in some a failed row. */
const backend = functionBackend("mixed", ({ instances }) =>
  JSON.stringify({
    predictions: instances.map(({ n = 0 }) => {
      if (n % 997 === 500) return { error: `row ${n}` };
      if (n % 11 === 3) return null;
      return n < 200 ? n : n / 8;
    }),
  }),
);

let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-many-shards-"));
  engine = await createScoreframe({ workspace: join(folder, "runs"), backends: [backend] });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

function run(name: string, fileSizeMb: number, output: Partial<JobInput["output"]>) {
  return engine.run({
    name,
    source: {
      kind: "sql",
      sql: `select n, n // 700 as block, n % 5 as rest, 9007199254740993 + n as big, 'x' || n as t from range(${ROWS}) r(n)`,
    },
    model: { features: ["n"] },
    requests: { batch_size: 5, file_size_mb: fileSizeMb },
    backend: { kind: "mixed" },
    output: { path: join(folder, name), ...output },
    failure: { max_failed_rows: 10 },
  } as JobInput);
}

/** Every row, with the partition and the file that it is in and its place there. */
const table = (name: string) =>
  query(
    `select regexp_extract(filename, '${name}/(.*)/', 1) as folder, file_row_number::int as place, n::int as n, big::varchar as big, t, prediction
     from read_parquet('${folder}/${name}/**/*.parquet', filename = true, file_row_number = true) order by all`,
  );

describe("a table that is cut into hundreds of small shards", () => {
  it.each<[string, Partial<JobInput["output"]>]>([
    ["in the order of its partitions", { partition_by: ["block"] }],
    ["scattered over its partitions", { partition_by: ["rest"] }],
    ["without partitions", {}],
  ])("is the table of a single shard, row for row and in its order: %s", async (name, output) => {
    const many = await run(`many ${name}`, 0.0002, output);
    const one = await run(`one ${name}`, 5, output);
    expect(many.report.shards.total).toBeGreaterThan(250);
    expect(one.report.shards.total).toBe(1);
    expect(many.ledger).toEqual({ input: ROWS, scored: ROWS - 3, deadLettered: 3, skipped: 0 });
    expect(many.report.null_predictions).toBe(one.report.null_predictions);
    expect(await table(`many ${name}`)).toEqual(await table(`one ${name}`));
    expect(await readdir(join(folder, "runs", "runs", many.report.run_id, "ledger"))).toHaveLength(
      many.report.shards.total,
    );
  });
});

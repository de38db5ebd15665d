import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../src/core/protocols/request-options.ts";
import type { FramePool } from "../../../src/core/worker/frame-pool.ts";
import { createFramePool } from "../../../src/core/worker/frame-pool.ts";
import type { Lab } from "../stages/support/lab.ts";
import { createLab } from "../stages/support/lab.ts";

let lab: Lab;
let pool: FramePool;
beforeAll(() => {
  lab = createLab();
  pool = createFramePool();
});
afterAll(async () => {
  await pool.close();
  lab.remove();
});

/** Weighs the rows of a query as requests. */
async function weigh(name: string, sql: string): Promise<number> {
  const table = await lab.parquet(name, sql);
  const columns = await pool.run("readParquetSchema", table);
  const { bytes } = await pool.run("measureRows", {
    table,
    offset: 0,
    rows: 1,
    columns,
    features: columns.map((column) => column.name),
    protocol: "json_lines",
    widths: {},
    limits: { batchSize: 1, maxLineBytes: 1000, maxFileBytes: 1000 },
    directory: lab.folder,
    rejectedDirectory: lab.folder,
    options: DEFAULT_REQUEST_OPTIONS,
    name: "chunk",
  });
  return bytes;
}

test("a table that the engine cannot write costs its own work, and neither the process nor the work after it", async () => {
  await expect(weigh("infinite.parquet", "select date 'infinity' as a")).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("measureRows failed: "),
  });
  const damaged = lab.write("damaged.parquet", Buffer.from("PAR1, and nothing that a reader could use, PAR1"));
  await expect(pool.run("readParquetSchema", damaged)).rejects.toMatchObject({ code: "INTERNAL" });
  expect(await weigh("finite.parquet", "select date '2024-01-01' as a")).toBe('{"a":"2024-01-01"}\n'.length);
});

const FRAME_POOL = join(import.meta.dirname, "../../../src/core/worker/frame-pool.ts");

test("a worker that dies costs its own task, which is named, and the pool does the others", {
  timeout: 60_000,
}, async () => {
  const values = await lab.parquet(
    "values.parquet",
    "select 'a rather long value ' || range as a from range(2_000_000)",
  );
  const other = await lab.parquet("other.parquet", "select 1::bigint as b");
  const program = `
    import { createFramePool } from ${JSON.stringify(FRAME_POOL)};
    const pool = createFramePool();
    const read = () => pool.run("readParquetSchema", ${JSON.stringify(other)});
    await read();
    const large = pool.run("distinctPartitions", { shard: 3, path: ${JSON.stringify(values)}, rows: 2_000_000, columns: [{ name: "a", type: "String" }] });
    const beside = Array.from({ length: 20 }, read);
    const error = await large.catch((error) => error);
    console.log(JSON.stringify({ error, beside: await Promise.all(beside), after: await read() }));
    await pool.close();`;
  const argv = ["--max-old-space-size=60", "--input-type=module", "-e", program];
  const { stdout } = spawnSync(process.execPath, argv, { encoding: "utf8" });
  const { error, beside, after } = JSON.parse(stdout);
  expect(error).toMatchObject({
    code: "WORKER_DIED",
    operation: "distinctPartitions",
    shard: 3,
    message: expect.stringMatching(
      /^A worker thread ended during distinctPartitions for shard 3: .*memory.* lower requests\.file_size_mb/,
    ),
  });
  expect(after).toEqual([{ name: "b", type: "Int64" }]);
  expect(beside).toEqual(Array(20).fill(after));
});

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

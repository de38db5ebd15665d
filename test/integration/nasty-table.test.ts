import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localBackend } from "../../src/backends/local/index.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { NASTY_COLUMNS, nastyDifferences, nastySelect, writeNastyTable } from "../support/nasty-table.ts";
import { query } from "../support/query.ts";

const ROWS = 1000;
const MODEL = fileURLToPath(new URL("models/count-columns.ts", import.meta.url));

let engine: Engine;
let folder: string;
let parquet: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-nasty-"));
  engine = await createScoreframe({ workspace: join(folder, "runs") });
  parquet = join(folder, "nasty.parquet");
  await writeNastyTable(parquet, ROWS);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

/** Scores the nasty table with a model that counts the columns that it is sent. */
async function score(name: string, changes: Partial<JobInput> = {}, output: Partial<JobInput["output"]> = {}) {
  const { ledger } = await engine.run({
    name,
    source: { kind: "sql", tables: { nasty: parquet }, sql: "from nasty" },
    backend: { kind: "local", model: MODEL },
    // Small files, so that values are sliced as in a large table.
    requests: { batch_size: 7, file_size_mb: 0.2 },
    output: { path: join(folder, name), ...output },
    ...changes,
  });
  expect(ledger).toMatchObject({ input: ROWS, scored: ROWS });
  return `read_parquet('${folder}/${name}/**/*.parquet', hive_partitioning = true)`;
}

const seen = (table: string) => query(`select distinct prediction::int as columns from ${table}`);

describe("a table with every type under every name", () => {
  it.each(localBackend.capabilities.protocols)(
    "comes back to the last bit when all of it is sent in %s",
    async (protocol) => {
      const table = await score(`sent-${protocol}`, { model: { protocol } });
      expect(await query(nastyDifferences(`'${parquet}'`, table))).toEqual([]);
      expect(await seen(table)).toEqual([{ columns: NASTY_COLUMNS.length + 1 }]);
    },
  );

  it("comes back to the last bit when it is passed through", async () => {
    const table = await score("passed", { model: { features: ["lazy"] } });
    expect(await query(nastyDifferences(`'${parquet}'`, table))).toEqual([]);
    expect(await seen(table)).toEqual([{ columns: 1 }]);
  });

  it("comes back to the last bit when the query itself makes it", async () => {
    const sql = nastySelect(ROWS);
    const table = await score("queried", { source: { kind: "sql", sql } });
    expect(await query(`create table made as ${sql}; ${nastyDifferences("made", table)}`)).toEqual([]);
  });

  it("comes back to the last bit from partitions", async () => {
    const keys = ["two words", "naïve 😀", "lazy"];
    const table = await score("partitioned", {}, { partition_by: keys });
    const others = NASTY_COLUMNS.filter(({ name }) => !keys.includes(name));
    expect(await query(nastyDifferences(`'${parquet}'`, table, others))).toEqual([]);
    // What stands in a folder's name has lost its type.
    const text = (from: string) =>
      `select "row_id", "two words"::varchar, "naïve 😀"::varchar, "lazy"::varchar from ${from}`;
    expect(await query(`(${text(`'${parquet}'`)}) except (${text(table)})`)).toEqual([]);
  });
});

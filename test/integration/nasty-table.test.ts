import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localBackend } from "../../src/backends/local/index.ts";
import { PROTOCOLS } from "../../src/core/protocols/protocols.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { NastyColumn } from "../support/nasty-table.ts";
import { NASTY_COLUMNS, nastyDifferences, nastySelect, writeNastyTable } from "../support/nasty-table.ts";
import { query } from "../support/query.ts";

const ROWS = 1000;
/** Those that can say every type. */
const JSON_PROTOCOLS = localBackend.capabilities.protocols.filter((id) =>
  ["object", "array"].includes(PROTOCOLS[id].rowForm),
);
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

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const seen = (table: string) => query(`select distinct prediction::int as columns from ${table}`);

describe("a table with every type under every name", () => {
  it.each(JSON_PROTOCOLS)("comes back to the last bit when all of it is sent in %s", async (protocol) => {
    const table = await score(`sent-${protocol}`, { model: { protocol } });
    expect(await query(nastyDifferences(`'${parquet}'`, table))).toEqual([]);
    expect(await seen(table)).toEqual([{ columns: NASTY_COLUMNS.length + 1 }]);
  });

  it("comes back to the last bit when it is passed through", async () => {
    const table = await score("passed", { model: { features: ["lazy"] } });
    expect(await query(nastyDifferences(`'${parquet}'`, table))).toEqual([]);
    expect(await seen(table)).toEqual([{ columns: 1 }]);
  });

  it.each([
    ["hundreds of shards of a few rows", { features: ["lazy"] }, { batch_size: 2, file_size_mb: 0.0001 }, 1],
    [
      "shards of all columns that are written a few at a time",
      {},
      { batch_size: 2, file_size_mb: 0.02 },
      NASTY_COLUMNS.length + 1,
    ],
  ])("comes back to the last bit in %s", async (name, model, requests, columns) => {
    const table = await score(name.replaceAll(" ", "-"), { model, requests });
    expect(await query(nastyDifferences(`'${parquet}'`, table))).toEqual([]);
    expect(await seen(table)).toEqual([{ columns }]);
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
    // A value in a folder's name has lost its type.
    const text = (from: string) =>
      `select "row_id", "two words"::varchar, "naïve 😀"::varchar, "lazy"::varchar from ${from}`;
    expect(await query(`(${text(`'${parquet}'`)}) except (${text(table)})`)).toEqual([]);
  });

  // Nested values are JSON in a cell, and bytes base64: docs/reference/types.md shows them. A reader of CSV cuts blanks off its header.
  const plain = NASTY_COLUMNS.filter(({ name, type }) => !/\[|STRUCT|MAP|BLOB/.test(type) && name === name.trim());
  const hasNoFloat = ({ type }: NastyColumn) => !["FLOAT", "DOUBLE"].includes(type);
  const readCsv = `read_csv('{}/*.csv', header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)`;

  it.each([
    ["csv", readCsv, plain],
    // JSON has no NaN and no infinities.
    ["jsonl", "read_json('{}/*.jsonl', maximum_depth = 1)", plain.filter(hasNoFloat)],
  ] as const)("comes back to the last bit from %s, read as its types", async (format, reader, columns) => {
    await score(format, { model: { features: ["lazy"] } }, { format });
    const text = (name: string) => (format === "csv" ? quoted(name) : `(${quoted(name)}->>'$')`);
    const values = columns.map(({ name, type, kept = (value) => value }) => {
      const value = `${text(name)}::${type.startsWith("ENUM") ? "VARCHAR" : type}`;
      return `${kept(value)} as ${quoted(name)}`;
    });
    const typed = `(select "row_id"::bigint as "row_id", ${values.join(", ")} from ${reader.replace("{}", join(folder, format))})`;
    expect(await query(nastyDifferences(`'${parquet}'`, typed, columns))).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { createScoreframe } from "../../src/index.ts";
import { conversationBackend } from "./support/conversation.ts";
import { codeBlocks } from "./support/markdown.ts";

// `skip`: what needs S3 or a catalog.
const blocks = markdownPages().flatMap((page) =>
  codeBlocks(readFileSync(join(root, page), "utf8"))
    .filter(({ info }) => info[0] === "sql" && !info.includes("skip"))
    .map(({ text, line }) => ({ place: `${page}:${line}`, text })),
);

/** Where the tables lie that the pages read: `out/t` and `out/churn` are published, the rest is given. */
const folder = mkdtempSync(join(tmpdir(), "scoreframe-sql-"));
const duckdb = await (await DuckDBInstance.create()).connect();

beforeAll(async () => {
  process.chdir(folder);
  mkdirSync("data");
  const conversation = { request: "", answer: '{"predictions":[1,2]}\n' };
  const engine = await createScoreframe({ workspace: "runs", backends: [conversationBackend(conversation)] });
  for (const path of ["out/t", "out/churn"]) {
    await engine.run({
      name: "page",
      source: { kind: "sql", sql: "select n, '2024-05-01' as ds from range(2) t(n)" },
      backend: { kind: "conversation" },
      output: { path, partition_by: ["ds"] },
    });
  }
  await engine.close();
  await duckdb.run("copy (select 'A' as code, now()::timestamp as date) to 'data/late.csv'");
  writeFileSync("data/orders.csv", Buffer.from("name,born,active\nZoë,31.12.88,Y\n", "latin1"));
  await duckdb.run(`create table flights as from '${join(root, "fixtures", "flights-sample.csv")}'`);
});
afterAll(() => {
  duckdb.closeSync();
  process.chdir(root);
  rmSync(folder, { recursive: true, force: true });
});

describe("the SQL of the pages", () => {
  it.each(blocks)("gives rows in DuckDB: $place", async ({ text }) => {
    const reader = await duckdb.runAndReadAll(text);
    expect(reader.currentRowCount).toBeGreaterThan(0);
  });
});

import { globSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { readVisible } from "../../scripts/types/markdown-table.ts";
import { tensorText } from "../../scripts/types/split-row.ts";
import { FOREIGN_CASES, FOREIGN_FROM } from "../../scripts/types/type-cases.ts";
import { whyNotSent } from "../../scripts/types/why-not-sent.ts";
import { PROTOCOL_IDS } from "../../src/core/protocols/protocols.ts";
import type { JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";
import type { Conversation } from "./support/conversation.ts";
import { conversationBackend } from "./support/conversation.ts";
import { section } from "./support/markdown.ts";

const page = readFileSync(join(root, "docs/reference/types.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "scoreframe-types-"));
const conversation: Conversation = { request: "", answer: "" };
const engine = await createScoreframe({
  workspace: join(folder, "runs"),
  backends: [conversationBackend(conversation)],
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

type Cells = readonly (string | null)[];

/** The head and the rows of a section's table, each cell as the text that it shows. */
function tableOf(heading: string): { head: string[]; rows: Cells[] } {
  const lines = section(page, heading)
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const cells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
  const [head = "", , ...rows] = lines;
  return { head: cells(head), rows: rows.map((row) => cells(row).map(readVisible)) };
}

const selectOf = (expressions: Cells): string =>
  `select ${expressions.map((expression, index) => `${expression} as c${index}`).join(", ")}`;

let tables = 0;

/** Sends the query's one row; resolves to what was asked, how it ended, and where the table is. */
async function send(sql: string, changes: Partial<JobInput> = {}, output: Partial<JobInput["output"]> = {}) {
  conversation.request = "";
  conversation.answer = '{"predictions":[0]}\n';
  tables += 1;
  const path = join(folder, `table-${tables}`);
  const job = { name: "page", source: { kind: "sql", sql }, backend: { kind: "conversation" }, ...changes } as const;
  const outcome = await engine.tryRun({ ...job, output: { path, ...output } }, { baseDirectory: root });
  return { request: conversation.request, outcome, error: outcome.error, path };
}

describe("docs/reference/types.md, what the model receives", () => {
  const { head, rows } = tableOf("## What the model receives");
  const groups = head
    .slice(2)
    .map((cell, index) => ({ column: index + 2, ids: [...cell.matchAll(/`(\w+)`/g)].map(([, id]) => id) }));

  it("has a column for every protocol", () => {
    expect(groups.flatMap(({ ids }) => ids).sort()).toEqual([...PROTOCOL_IDS].sort());
  });

  it.each(PROTOCOL_IDS)("is right about %s", async (protocol) => {
    const { column = 0 } = groups.find(({ ids }) => ids.includes(protocol)) ?? {};
    const cells = rows.map((row) => row[column] ?? "");
    const { request } = await send(selectOf(rows.map((row) => row[1] ?? "")), { model: { protocol } });
    const forms = [`{${cells.map((cell, index) => `"c${index}":${cell}`).join(",")}}`, `[${cells.join(",")}]`];
    if (forms.some((form) => request.includes(form))) return;
    for (const [index, row] of rows.entries()) {
      const { request: alone, outcome } = await send(`select ${row[1]} as v`, { model: { protocol } });
      expect(alone === "" ? await whyNotSent(outcome) : tensorText(alone.replace(/\n$/, ""))).toBe(cells[index]);
    }
  });
});

/** Type and value of each column of a table of one row, as DuckDB reads them. */
async function readRow(path: string, columns: number): Promise<unknown[]> {
  const numbers = Array.from({ length: columns }, (_, index) => index);
  const values = numbers.map((index) => `typeof(c${index}) as t${index}, c${index}::varchar as v${index}`);
  const [row = {}] = await query(`set TimeZone = 'UTC'; select ${values.join(", ")} from '${path}/*.parquet'`);
  return numbers.map((index) => [row[`t${index}`], row[`v${index}`]]);
}

describe("docs/reference/types.md, what the output holds", async () => {
  const { rows } = tableOf("## What the output holds");
  const sql = selectOf(rows.map((row) => row[1] ?? ""));
  const model = { protocol: "instances" } as const;
  const parquet = await readRow((await send(sql, { model })).path, rows.length);
  const textOf = async (format: "csv" | "jsonl") => {
    const { path } = await send(sql, { model }, { format });
    return readFileSync(join(path, globSync(`*.${format}`, { cwd: path })[0] ?? ""), "utf8");
  };

  it.each(rows.map((row, index) => [index, ...row]))(
    "is right about Parquet: %i %s %s",
    (index, _type, _sql, type, value) => {
      expect(parquet[Number(index)]).toEqual([type, value]);
    },
  );

  it("is right about CSV", async () => {
    const text = await textOf("csv");
    expect(text.slice(text.indexOf("\n") + 1)).toBe(`${rows.map((row) => row[4]).join(",")},0\n`);
  });

  it("is right about JSON Lines", async () => {
    const values = rows.map((row, index) => `"c${index}":${row[5]}`);
    expect(await textOf("jsonl")).toBe(`{${values.join(",")},"prediction":0}\n`);
  });
});

describe("docs/reference/types.md, what is rejected", () => {
  it.each(tableOf("## What is rejected").rows)("is right about %s %s", async (_type, expression, code, message) => {
    const { error, request } = await send(`select ${expression} as c0`);
    expect({ code: error?.code, message: error?.message, request }).toEqual({ code, message, request: "" });
  });
});

describe("docs/reference/types.md, Parquet files of other programs", async () => {
  const { rows } = tableOf("## Parquet files of other programs");
  const sql = `${selectOf(FOREIGN_CASES.map(({ column }) => `"${column}"`))} ${FOREIGN_FROM}`;
  const { request, path } = await send(sql, { model: { protocol: "instances" } });
  const parquet = await readRow(path, rows.length);

  it("is right about the requests", () => {
    expect(rows.map(([written]) => written)).toEqual(FOREIGN_CASES.map(({ type }) => type));
    expect(request).toBe(`{"instances":[{${rows.map((row, index) => `"c${index}":${row[1]}`).join(",")}}]}\n`);
  });

  it.each(rows.map((row, index) => [index, ...row]))("is right about %i %s", (index, _written, _sent, type, value) => {
    expect(parquet[Number(index)]).toEqual([type, value]);
  });
});

import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PROTOCOLS } from "../../src/core/protocols/protocols.ts";
import type { JobInput, RunOutcome } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";
import type { Conversation } from "./support/conversation.ts";
import { conversationBackend } from "./support/conversation.ts";
import { codeBlocks, section, tableRows } from "./support/markdown.ts";

const page = readFileSync(new URL("../../docs/reference/protocols.md", import.meta.url), "utf8");
const protocols = Object.values(PROTOCOLS);

const folder = mkdtempSync(join(tmpdir(), "scoreframe-protocols-"));
const conversation: Conversation = { request: "", answer: "" };
const engine = await createScoreframe({
  workspace: join(folder, "runs"),
  backends: [conversationBackend(conversation)],
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

let tables = 0;

/** Scores the query's rows, which get this answer; resolves to what was asked and how it ended. */
async function converse(sql: string, answer: string, changes: Partial<JobInput> = {}) {
  conversation.answer = answer;
  tables += 1;
  const path = join(folder, `table-${tables}`);
  const outcome = await engine.tryRun({
    name: "page",
    source: { kind: "sql", sql },
    requests: { batch_size: 3 },
    backend: { kind: "conversation" },
    output: { path },
    failure: { max_failed_rows: 1000, max_null_predictions: "all" },
    ...changes,
  });
  return { request: conversation.request, outcome, glob: `'${path}/*.parquet'` };
}

const deadLetters = ({ report }: RunOutcome) =>
  query(`select _error_code, _error_message, _attempts from read_parquet('${report.dead_letter?.path}/*.parquet')`);

const blockOf = (text: string, ...info: string[]): string =>
  codeBlocks(text).find((block) => block.info.join(" ") === info.join(" "))?.text ?? "no such block";

describe("docs/reference/protocols.md", () => {
  it("names every protocol with its content type", () => {
    const rows = tableRows(page).map(([id, type]) => ({ id, contentType: type, accept: type }));
    expect(rows).toEqual(protocols.map(({ id, contentType, accept }) => ({ id, contentType, accept })));
  });

  it.each(protocols)("shows $id as it is sent, and as it may be answered", async ({ id }) => {
    const notation = id === "csv" ? "csv" : "json";
    const examples = section(page, `### \`${id}\``);
    const { request, outcome, glob } = await converse(blockOf(page, "sql"), blockOf(examples, notation, "answer"), {
      model: { protocol: id },
    });
    expect(request).toBe(blockOf(examples, notation, "request"));
    const scored = await query(`select id, prediction from ${glob} order by id`);
    // A tensor has no place for the reason.
    const second = id === "open_inference" ? [{ id: 2, prediction: null }] : [];
    expect(scored).toEqual([{ id: 1, prediction: 0.25 }, ...second, { id: 3, prediction: 0.4 }]);
    if (second.length === 0) expect(await deadLetters(outcome)).toMatchObject([{ _error_message: "no spend" }]);
  });

  it("is right about where each protocol puts parameters, and about those that have no place for them", async () => {
    const shown = new Map(tableRows(section(page, "## Parameters")) as [string, string][]);
    const params = { threshold: 0.5, top: [1, 2] };
    for (const { id, paramsKey } of protocols) {
      const asked = converse(`${blockOf(page, "sql")} limit 1`, "", { model: { protocol: id, params } });
      if (paramsKey === null) await expect(asked).rejects.toMatchObject({ code: "JOB_INVALID" });
      else expect((await asked).request).toBe(`${shown.get(id)}\n`);
      expect(shown.has(id)).toBe(paramsKey !== null);
    }
  });

  it("is right about how NaN and infinities travel", async () => {
    const [value] = /\['NaN'[^`]+\]/.exec(page) ?? [];
    const written = (table: string) => tableRows(table.slice(table.indexOf("| `requests.non_finite` |")));
    for (const [choice, becomes] of written(section(page, "## How each type is written")).slice(0, 3)) {
      const { request, outcome } = await converse(`select ${value} as v`, "", {
        requests: { non_finite: choice as "text" },
      });
      if (choice === "error") expect((await deadLetters(outcome))[0]).toMatchObject({ _error_code: becomes });
      else expect(request).toBe(`{"instances":[{"v":${becomes}}]}\n`);
    }
  });

  it.each(tableRows(section(page, "## What may be answered")))(
    "is right about what becomes of %s: %s",
    async (predictions, becomes) => {
      const { outcome, glob } = await converse("from range(2) t(n)", `{"predictions":${predictions}}\n`);
      if (outcome.error !== null) {
        expect(outcome.error.code).toBe(becomes);
        return;
      }
      const columns = await query(`describe select * exclude (n) from ${glob}`);
      expect(columns.map((column) => `\`${column["column_name"]}\` ${column["column_type"]}`).join(", ")).toBe(becomes);
    },
  );

  it.each(tableRows(section(page, "## Rows that the model cannot score")))(
    "is right about the failed row %s",
    async (error, code, message, attempts) => {
      const { outcome } = await converse("from range(2) t(n)", `{"predictions":[0.5,${error}]}\n`);
      expect(outcome.report.ledger).toMatchObject({ scored: 1, dead_lettered: 1 });
      expect(await deadLetters(outcome)).toEqual([
        { _error_code: code, _error_message: message, _attempts: Number(attempts) },
      ]);
    },
  );

  it.each(['{"error": null}', '{"error": "…", "label": "late"}'])(
    "is right that %s is an ordinary prediction",
    async (prediction) => {
      expect(page).toContain(`\`${prediction}\``);
      const { outcome } = await converse("select 1 as n", `{"predictions":[${prediction}]}\n`);
      expect(outcome.report.ledger).toMatchObject({ scored: 1, dead_lettered: 0 });
    },
  );

  it.each(tableRows(section(page, "## What is checked")))(
    "is right that it is checked: %s",
    async (_what, example, code, costs) => {
      const { outcome } = await converse("from range(2) t(n)", example === "no line" ? "" : `${example}\n`);
      const lost = { "the rows of the line": 2, "the row": 1 }[costs ?? ""];
      if (lost === undefined) {
        expect(outcome.error?.code).toBe(code);
        expect(costs).toMatch(/^the run/);
        return;
      }
      expect(outcome.error).toBeNull();
      expect((await deadLetters(outcome)).map((row) => row["_error_code"])).toEqual(new Array(lost).fill(code));
    },
  );
});

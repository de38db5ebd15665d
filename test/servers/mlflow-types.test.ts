import { readFileSync } from "node:fs";
import type { TestContext } from "vitest";
import { describe, expect, it } from "vitest";
import type { ProtocolId } from "../../src/core/protocols/protocol.ts";
import { section, tableRows } from "../docs/support/markdown.ts";
import type { Scored } from "./support/scoring.ts";
import { httpTo, scoring } from "./support/scoring.ts";
import { serverFor } from "./support/servers.ts";

const page = readFileSync(new URL("../../docs/reference/servers.md", import.meta.url), "utf8");

/** The cell of a row that says what the model gets. */
const PROTOCOLS = [
  ["dataframe_split", 2],
  ["dataframe_records", 2],
  ["instances", 3],
  ["open_inference", 4],
] as const;

const CODES: Readonly<Record<string, string>> = { refused: "BACKEND_REFUSED", "not sent": "VALUE_UNSENDABLE" };

/** The column of the model (models/mlflow/MLmodel) that is declared so. */
const COLUMNS: Readonly<Record<string, string>> = {
  long: "whole",
  integer: "small",
  double: "number",
  float: "single",
  boolean: "flag",
  string: "word",
  binary: "bytes",
  datetime: "at",
};

const { score } = scoring();

describe.each(["### What a column of the signature becomes", "### Wrong without an error"])("%s", (heading) => {
  const rows = tableRows(section(page, heading)).map((cells) => cells.map((cell) => cell.replaceAll("\\|", "|")));

  it.for(rows)("is right about a column of type %s that is sent %s", async (cells, context) => {
    const [declared = "", sent] = cells;
    const sql = `select 7 as id, 'a' as text, ${sent} as ${COLUMNS[declared]}`;
    for (const [protocol, index] of PROTOCOLS) {
      const expected = cells[index] ?? "";
      if (expected === "below" || expected === "right") continue;
      const got = protocol === "open_inference" ? await inTensors(sql, context) : await inJson(sql, protocol, context);
      expect({ protocol, got }).toEqual({ protocol, got: CODES[expected] ?? expected });
    }
  });
});

async function inJson(sql: string, protocol: ProtocolId, context: TestContext): Promise<unknown> {
  const backend = httpTo(serverFor(context, "mlflow"), protocol);
  return received(await score(sql, backend, { model: { protocol } }), "saw[1]");
}

/** The same model behind MLServer's V2, where answers are arrays. */
async function inTensors(sql: string, context: TestContext): Promise<unknown> {
  const { origin } = serverFor(context, "mlserver");
  const model = { protocol: "open_inference", params: { tensors: true } } as const;
  return received(await score(sql, { kind: "http", url: `${origin}/v2/models/flow/infer` }, { model }), "saw");
}

/** What the model received in the one row, or why it did not. */
async function received(scored: Scored, column: string): Promise<unknown> {
  const [lost] = await scored.deadLetters();
  return lost?.["code"] ?? (await scored.query(`select ${column} as saw from scored`))[0]?.["saw"];
}

const seen = "select saw[1] as saw from scored order by id";

describe("mlflow without a signature", () => {
  it("converts integers to floats if a null is in the same request, and not otherwise", async (context) => {
    const server = serverFor(context, "mlflowUntyped");
    const sql = "select n as id, 'a' as text, case n when 0 then 9007199254740993 end as c from range(2) t(n)";
    const job = (rows: number) => ({ model: { protocol: "dataframe_split" }, requests: { batch_size: rows } }) as const;
    // What the model sees of a row depends on the rows next to it: verification would find that, and end the run.
    const together = await score(sql, httpTo(server, "dataframe_split"), { ...job(2), verify: false });
    expect(await together.query(seen)).toEqual([{ saw: "9007199254740992.0 (float)" }, { saw: "nan (float)" }]);
    const alone = await score(sql, httpTo(server, "dataframe_split"), job(1));
    expect(await alone.query(seen)).toEqual([{ saw: "9007199254740993 (int)" }, { saw: "None (NoneType)" }]);
  });

  it("reads texts such as NA as missing in csv, and only in csv", async (context) => {
    const server = serverFor(context, "mlflowUntyped");
    const sql = `select i as id, 'a' as text, t as c from (values (0, 'nan'), (1, 'null'), (2, 'NA'), (3, 'None'), (4, ''), (5, 'far')) v(i, t)`;
    const inCsv = await score(sql, httpTo(server, "csv"), { model: { protocol: "csv" } });
    expect(await inCsv.query(seen)).toEqual([...new Array(5).fill({ saw: "nan (float)" }), { saw: "'far' (str)" }]);
    const split = await score(sql, httpTo(server, "dataframe_split"), { model: { protocol: "dataframe_split" } });
    expect(await split.query(seen)).toEqual(
      ["nan", "null", "NA", "None", "", "far"].map((text) => ({ saw: `'${text}' (str)` })),
    );
  });

  it("refuses dates in csv if the signature has them", async (context) => {
    const sql = "select 1 as id, 'a' as text, date '2024-05-01' as at";
    const scored = await score(sql, httpTo(serverFor(context, "mlflow"), "csv"), { model: { protocol: "csv" } });
    expect(await scored.deadLetters()).toMatchObject([{ code: "BACKEND_REFUSED" }]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { section, tableRows } from "../docs/support/markdown.ts";
import { httpTo, scoring } from "./support/scoring.ts";
import { serverFor } from "./support/servers.ts";

const page = readFileSync(new URL("../../docs/reference/servers.md", import.meta.url), "utf8");

/** In which cell of a row it stands what the model gets. */
const PROTOCOLS = [
  ["dataframe_split", 2],
  ["dataframe_records", 2],
  ["instances", 3],
] as const;

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
    const server = serverFor(context, "mlflow");
    const [declared = "", sent] = cells;
    for (const [protocol, index] of PROTOCOLS) {
      const expected = cells[index];
      if (expected === "below" || expected === "right") continue;
      const sql = `select 7 as id, 'a' as text, ${sent} as ${COLUMNS[declared]}`;
      const scored = await score(sql, httpTo(server, protocol), { model: { protocol } });
      const [lost] = await scored.deadLetters();
      const got =
        lost === undefined ? (await scored.query("select saw[1] as saw from scored"))[0]?.["saw"] : lost["code"];
      expect({ protocol, got }).toEqual({ protocol, got: expected === "refused" ? "BACKEND_REFUSED" : expected });
    }
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROTOCOL_IDS } from "../../src/core/protocols/protocols.ts";
import type { Cell } from "../servers/support/servers.ts";
import { SERVER_NAMES, SERVERS } from "../servers/support/servers.ts";
import { section, tableRows } from "./support/markdown.ts";

const page = readFileSync(new URL("../../docs/reference/servers.md", import.meta.url), "utf8");
const matrix = section(page, "## Which server takes which protocol");

describe("docs/reference/servers.md", () => {
  it("has a column for each server that is started", () => {
    expect(matrix).toContain(`| | ${SERVER_NAMES.map((name) => SERVERS[name].title).join(" | ")} |`);
  });

  // test/servers/matrix.test.ts holds each server to its cells.
  it("has a row for each protocol, with what is tried against each server", () => {
    const cell = (value: Cell): string => (typeof value === "number" ? `no: ${value}` : value);
    const rows = PROTOCOL_IDS.map((id) => [id, ...SERVER_NAMES.map((name) => cell(SERVERS[name].takes[id]))]);
    expect(tableRows(matrix)).toEqual(rows);
  });
});

import { describe, expect, it } from "vitest";
import { httpTo, scoring } from "./support/scoring.ts";
import { protocolsOf, SERVER_NAMES, serverFor } from "./support/servers.ts";

const { score } = scoring();

describe.each(SERVER_NAMES)("%s", (name) => {
  // In CSV the model's own text "nan" would be a missing one on the way.
  it.for(protocolsOf(name).filter((protocol) => protocol !== "csv"))(
    "has a bare NaN or Infinity cost its own row, or be null, by choice: %s",
    async (protocol, context) => {
      const server = serverFor(context, name);
      const sql =
        "select n as id, case n when 3 then 'nan' when 5 then 'inf' else 'row' end as text from range(9) t(n)";
      const job = { model: { protocol }, requests: { batch_size: 9 } };
      const refused = await score(sql, httpTo(server, protocol), job);
      expect(await refused.deadLetters()).toMatchObject([
        { id: "3", code: "RESPONSE_INVALID", message: expect.stringContaining("a bare NaN") },
        { id: "5", code: "RESPONSE_INVALID", message: expect.stringContaining("a bare Infinity") },
      ]);
      const kept = await score(sql, httpTo(server, protocol, { non_finite: "as_null" }), job);
      expect(await kept.query("select id::int as id from scored where score is null order by id")).toEqual([
        { id: 3 },
        { id: 5 },
      ]);
    },
  );

  it.for(protocolsOf(name))(
    "has a row that its model cannot bear cost that row alone: %s",
    async (protocol, context) => {
      const server = serverFor(context, name);
      const sql = "select n as id, case n when 55 then 'poison' else 'row' end as text from range(200) t(n)";
      const scored = await score(sql, httpTo(server, protocol), { model: { protocol } });
      expect(scored.report.ledger).toMatchObject({ scored: 199, dead_lettered: 1 });
      const [row] = await scored.deadLetters();
      expect(row).toMatchObject({ id: "55", code: "BACKEND_REFUSED" });
      // 100 rows are halved seven times. Most of these servers say 500 to a bad row, which is worth one more try and not six.
      expect(row?.["attempts"]).toBeLessThanOrEqual(9);
    },
  );
});

describe("sagemaker", () => {
  it("has its answers cut until they fit, where one would kill its worker", async (context) => {
    const server = serverFor(context, "sagemaker");
    const sql = "select n as id, 'long:100000' as text from range(100) t(n)";
    const scored = await score(sql, httpTo(server, "json_lines", { concurrency: 1 }), {
      model: { protocol: "json_lines" },
    });
    expect(scored.report.ledger).toMatchObject({ input: 100, scored: 100 });
    expect(scored.report.retries).toBeGreaterThan(0);
  });

  it("loses no row where more requests come than it lets wait", async (context) => {
    const server = serverFor(context, "sagemaker");
    const sql = "select n as id, 'slow:5' as text from range(600) t(n)";
    const scored = await score(sql, httpTo(server, "json_lines", { concurrency: 300 }), {
      model: { protocol: "json_lines" },
      requests: { batch_size: 1 },
    });
    expect(scored.report.ledger).toMatchObject({ input: 600, scored: 600 });
    expect(scored.report.retries).toBeGreaterThan(0);
  });

  it("takes no other content type than the very one that its script names", async (context) => {
    const server = serverFor(context, "sagemaker");
    const headers = { "content-type": "application/json; charset=utf-8" };
    const scored = await score("select 1 as id, 'a' as text", httpTo(server, "instances", { headers }), {
      model: { protocol: "instances" },
    });
    expect(await scored.deadLetters()).toMatchObject([
      { code: "BACKEND_REFUSED", message: expect.stringContaining("no rows in application/json; charset=utf-8") },
    ]);
  });
});

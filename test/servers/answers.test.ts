import { describe, expect, it } from "vitest";
import { httpTo, scoring } from "./support/scoring.ts";
import { protocolsOf, SERVER_NAMES, serverFor } from "./support/servers.ts";

const { score } = scoring();

describe.each(SERVER_NAMES)("%s", (name) => {
  // In CSV the model's own text "nan" would be a missing one on the way, and V2 has null for NaN (below).
  it.for(protocolsOf(name).filter((protocol) => !["csv", "open_inference"].includes(protocol)))(
    "loses the row of a bare NaN or Infinity, or reads it as null, by choice: %s",
    async (protocol, context) => {
      const server = serverFor(context, name);
      const sql =
        "select n as id, case n when 3 then 'nan' when 5 then 'inf' else 'row' end as text from range(9) t(n)";
      const job = { model: { protocol }, requests: { batch_size: 9 } };
      const rejected = await score(sql, httpTo(server, protocol), job);
      expect(await rejected.deadLetters()).toMatchObject([
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

  it.for(protocolsOf(name))("loses only the row that its model cannot handle: %s", async (protocol, context) => {
    const server = serverFor(context, name);
    const sql = "select n as id, case n when 55 then 'poison' else 'row' end as text from range(200) t(n)";
    const scored = await score(sql, httpTo(server, protocol), { model: { protocol } });
    expect(scored.report.ledger).toMatchObject({ scored: 199, dead_lettered: 1 });
    const [row] = await scored.deadLetters();
    expect(row).toMatchObject({ id: "55", code: "BACKEND_REFUSED" });
    // 100 rows are halved seven times. Most of these servers say 500 to a bad row, which is worth one more try and not six.
    expect(row?.["attempts"]).toBeLessThanOrEqual(9);
  });
});

describe("mlserver", () => {
  it("answers null for NaN and infinities in V2", async (context) => {
    const sql = "select n as id, case n when 3 then 'nan' when 5 then 'inf' else 'row' end as text from range(9) t(n)";
    const backend = httpTo(serverFor(context, "mlserver"), "open_inference");
    const scored = await score(sql, backend, { model: { protocol: "open_inference" } });
    expect(await scored.query("select id::int as id from scored where score is null order by id")).toEqual([
      { id: 3 },
      { id: 5 },
    ]);
  });

  it("is found out if it writes one value for all rows, with status 200", async (context) => {
    const sql = "select n as id, case n when 1 then 'merged' else 'b' end as text from range(4) t(n)";
    const scored = await score(sql, httpTo(serverFor(context, "mlserver"), "open_inference"), {
      model: { protocol: "open_inference" },
      requests: { batch_size: 2 },
      failure: { isolate_failed_rows: false, max_failed_rows: 2 },
    });
    const lost = { code: "PREDICTION_COUNT_MISMATCH", message: expect.stringContaining('"mirrored" has 1 values') };
    expect(await scored.deadLetters()).toMatchObject([
      { id: "0", ...lost },
      { id: "1", ...lost },
    ]);
  });

  it("is never sent a null among texts, which some of its codecs take for text", async (context) => {
    const sql = "select n as id, case n when 1 then null else 'b' end as text from range(4) t(n)";
    const backend = httpTo(serverFor(context, "mlserver"), "open_inference");
    const scored = await score(sql, backend, { model: { protocol: "open_inference" } });
    expect(await scored.deadLetters()).toMatchObject([{ id: "1", code: "VALUE_UNSENDABLE" }]);
    expect(await scored.query("select id::int as id, mirrored from scored order by id")).toEqual(
      [0, 2, 3].map((id) => ({ id, mirrored: "b" })),
    );
  });
});

describe("sagemaker", () => {
  it("has its answers cut until they fit, if one would kill its worker", async (context) => {
    const server = serverFor(context, "sagemaker");
    const sql = "select n as id, 'long:100000' as text from range(100) t(n)";
    const scored = await score(sql, httpTo(server, "json_lines", { concurrency: 1 }), {
      model: { protocol: "json_lines" },
    });
    expect(scored.report.ledger).toMatchObject({ input: 100, scored: 100 });
    expect(scored.report.retries).toBeGreaterThan(0);
  });

  it("loses no row if more requests come than it queues", async (context) => {
    const server = serverFor(context, "sagemaker");
    const sql = "select n as id, 'slow:5' as text from range(600) t(n)";
    const scored = await score(sql, httpTo(server, "json_lines", { concurrency: 300 }), {
      model: { protocol: "json_lines" },
      requests: { batch_size: 1 },
    });
    expect(scored.report.ledger).toMatchObject({ input: 600, scored: 600 });
    expect(scored.report.retries).toBeGreaterThan(0);
  });

  it("accepts only the content type that its script names", async (context) => {
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

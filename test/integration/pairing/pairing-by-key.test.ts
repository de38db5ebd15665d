import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExactJson, ExactObject } from "../../../src/core/json/exact-json.ts";
import { exactField, parseExact, stringifyExact } from "../../../src/core/json/exact-json.ts";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import type { KeyedJobs } from "./support/keyed-job.ts";
import { createKeyedJobs } from "./support/keyed-job.ts";
import type { Answer } from "./support/keyed-server.ts";
import { startKeyedServer } from "./support/keyed-server.ts";

let jobs: KeyedJobs;
beforeAll(async () => {
  jobs = await createKeyedJobs();
});
afterAll(() => jobs.close());

const TABLE = "select x::int as a, 9007199254740993 + x as id, 'n' || x as note from range(60) t(x)";

/** The prediction of a row, which only the row's own `a` gives. */
const score = (row: ExactObject): ExactJson => parseExact(String(1000 + 3 * Number(text(row["a"]))));
const keyed = (row: ExactObject): ExactObject => ({ id: row["id"] as ExactJson, score: score(row) });
const text = (value: ExactJson | undefined): string =>
  typeof value === "string" ? value : stringifyExact(value ?? null);
const reversed: Answer = (rows) => rows.map(keyed).toReversed();

const right = (rows: readonly Record<string, unknown>[], name = "score"): number =>
  rows.filter((row) => Number(row[name]) === 1000 + 3 * Number(row["a"])).length;

describe("response.key", () => {
  it.each<[ProtocolId, string, object, string]>([
    ["instances", "a column that is no feature", { features: ["a"] }, "id"],
    ["records", "a column that is no feature", { features: ["a"] }, "id"],
    ["dataframe_records", "a column that is no feature", { features: ["a"] }, "id"],
    ["dataframe_split", "a column that is no feature", { features: ["a"] }, "id"],
    ["json_lines", "a column that is no feature", { features: ["a"] }, "id"],
    ["records", "a column that is passed through", { passthrough: ["id", "note"] }, "id"],
    ["open_inference", "a feature", { features: ["a", "id"] }, "id"],
    ["csv", "a feature", { features: ["a", "id"] }, "p0"],
  ])("pairs what comes in another order: %s, by %s", async (protocol, _, model, at) => {
    const server = await startKeyedServer(protocol, reversed);
    const key = at === "id" ? "id" : { column: "id", at };
    const run = await jobs.run(server.url, TABLE, {
      model: { protocol, ...model },
      requests: { batch_size: 7 },
      response: { key },
    });
    expect(run.message).toBe("");
    const name = protocol === "csv" ? "prediction" : "score";
    expect(run.columns).toEqual(["a", "id", "note", name]);
    expect(right(run.rows, name)).toBe(60);
    expect(run.rows[1]).toMatchObject({ a: 1, id: "9007199254740994" });
    // 9 of the run, and 20 that verify it.
    expect(server.received).toHaveLength(9 + 20);
  });

  it("finds the key in an object inside of the prediction, and publishes the rest of it", async () => {
    const server = await startKeyedServer("records", (rows) =>
      rows.map((row) => ({ meta: { row: row["id"] as ExactJson, model: "m" }, score: score(row) })).toReversed(),
    );
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol: "records" },
      response: { key: { column: "id", at: "/meta/row" } },
      output: { flatten: true },
    });
    expect(run.message).toBe("");
    expect(run.columns).toEqual(["a", "id", "note", "meta_model", "score"]);
    expect(right(run.rows)).toBe(60);
  });

  it("is read from a body of the job's own shape, with one row per request", async () => {
    const server = await startKeyedServer("dataframe_records", (_rows, body) => {
      const row = exactField(parseExact(body), "row") as ExactObject;
      return { status: 200, body: stringifyExact({ out: keyed(row) }) };
    });
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol: "records" },
      request: { row: "/row", body: { model: "m" } },
      response: { key: "id", predictions: "/out" },
    });
    expect(run.message).toBe("");
    expect(right(run.rows)).toBe(60);
  });

  it.each<[string, string, (id: ExactJson) => ExactJson]>([
    ["an integer as text", "x as id", (id) => text(id)],
    ["an integer beyond 2^53 as text", "9007199254740993 + x as id", (id) => text(id)],
    ["an integer as a float", "x as id", (id) => parseExact(`${text(id)}.0`)],
    ["text of digits as a number", "'' || (x + 1) as id", (id) => parseExact(text(id))],
    ["text with leading zeros", "printf('%05d', x::int) as id", (id) => id],
    ["text of any signs", `'é,"' || x || chr(10) || '日本' as id`, (id) => id],
    ["a date", "date '2024-01-01' + x::int as id", (id) => id],
    ["a timestamp", "timestamp '2024-01-01' + to_microseconds(x) as id", (id) => id],
    ["an integer of 38 digits", "(99999999999999999999999999999999000000 + x)::decimal(38,0) as id", (id) => id],
  ])("compares keys exactly: %s", async (_, column, echo) => {
    const server = await startKeyedServer("records", (rows) =>
      rows.map((row) => ({ score: score(row), id: echo(row["id"] as ExactJson) })).toReversed(),
    );
    const run = await jobs.run(server.url, `select x::int as a, ${column} from range(40) t(x)`, {
      model: { features: ["a"], protocol: "records" },
      response: { key: "id" },
    });
    expect(run.message).toBe("");
    expect(run.columns).toEqual(["a", "id", "score"]);
    expect(right(run.rows)).toBe(40);
  });

  it.each<[string, Answer, RegExp]>([
    [
      "no key",
      (rows) => rows.map((row) => ({ score: score(row) })),
      /response\.key: the prediction has no key at \/id; its keys are "score"\. Each prediction must repeat the value of the column "id" at \/id/,
    ],
    ["plain numbers", (rows) => rows.map(score) as never, /the prediction has no key at \/id/],
    [
      "null as the key",
      (rows) => rows.map((row) => ({ ...keyed(row), id: null })),
      /the prediction has no key at \/id/,
    ],
    [
      "the key of another request",
      (rows) => rows.map((row) => ({ ...keyed(row), id: parseExact("7") })),
      /a prediction has the key 7, which no row of the request has/,
    ],
    [
      "keys that were rounded to doubles",
      (rows) => rows.map((row) => ({ ...keyed(row), id: Number(text(row["id"])) }) as never),
      /the server rounds integers beyond 2\^53, so send the key as text/,
    ],
  ])("rejects %s", async (_, answer, message) => {
    const server = await startKeyedServer("records", answer);
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol: "records" },
      response: { key: "id" },
    });
    expect(run.message).toMatch(message);
  });

  it.each<[string, (rows: readonly ExactObject[]) => readonly ExactObject[]]>([
    ["a key twice", (rows) => [...rows.slice(0, -1), rows[0] as ExactObject]],
    ["a key that was not sent", (rows) => [...rows.slice(0, -1), { id: parseExact("5"), score: parseExact("1") }]],
    ["one prediction too few", (rows) => rows.slice(0, -1)],
    ["one prediction too many", (rows) => [...rows, rows[0] as ExactObject]],
  ])("fails a request alone whose response has %s, and finds its rows by smaller ones", async (_, spoil) => {
    const server = await startKeyedServer("instances", (rows) => {
      const predictions = rows.map(keyed).toReversed();
      return rows.length > 1 && rows.some(({ a }) => text(a) === "13") ? spoil(predictions) : predictions;
    });
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol: "instances" },
      requests: { batch_size: 10 },
      response: { key: "id" },
    });
    expect(run.message).toBe("");
    expect(right(run.rows)).toBe(60);
  });

  it.each<ProtocolId>(["records", "json_lines"])(
    "leaves an error to its row, with its key and without: %s",
    async (protocol) => {
      const server = await startKeyedServer(protocol, (rows) =>
        rows
          .map((row): ExactObject => {
            if (text(row["a"]) === "3") return { error: "no such customer" };
            return text(row["a"]) === "5" ? { id: row["id"] as ExactJson, error: "too old" } : keyed(row);
          })
          .toReversed(),
      );
      const run = await jobs.run(server.url, TABLE, {
        model: { features: ["a"], protocol },
        requests: { batch_size: 20 },
        response: { key: "id" },
        failure: { max_failed_rows: 2 },
      });
      expect(run.message).toBe("");
      expect(run.rows.map(({ a }) => a)).toEqual(
        Array.from({ length: 60 }, (_, a) => a).filter((a) => a !== 3 && a !== 5),
      );
      expect(right(run.rows)).toBe(58);
      expect(run.failures.toSorted()).toEqual(["no such customer", "too old"]);
    },
  );

  it.each<ProtocolId>(["records", "json_lines"])(
    "sends rows that share a key in different requests: %s",
    async (protocol) => {
      const server = await startKeyedServer(protocol, reversed);
      const run = await jobs.run(server.url, "select x::int as a, x // 3 as id from range(60) t(x)", {
        model: { features: ["a"], protocol },
        requests: { batch_size: 20 },
        response: { key: "id" },
      });
      expect(run.message).toBe("");
      expect(right(run.rows)).toBe(60);
      for (const body of server.received)
        expect(new Set(body.match(/"id":\d+/g)).size).toBe(body.match(/"id"/g)?.length);
    },
  );

  it("does not send a row whose key is null", async () => {
    const server = await startKeyedServer("records", reversed);
    const run = await jobs.run(server.url, "select x::int as a, nullif(x, 4) as id from range(10) t(x)", {
      model: { features: ["a"], protocol: "records" },
      response: { key: "id" },
      failure: { max_failed_rows: 1 },
    });
    expect(run.rows).toHaveLength(9);
    expect(right(run.rows)).toBe(9);
    expect(run.failures).toEqual([
      'Row 4 of the source (0-based) is not sent: column "id" is null, and response.key pairs predictions by it.',
    ]);
  });

  it("publishes the key as a prediction only if the contract names it", async () => {
    const server = await startKeyedServer("records", reversed);
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol: "records" },
      response: { key: "id" },
      output: { prefix: "p_", predictions: { id: "int64", score: "int64" } },
    });
    expect(run.columns).toEqual(["a", "id", "note", "p_id", "p_score"]);
    expect(run.rows.every((row) => row["id"] === row["p_id"])).toBe(true);
  });

  it.each<[string, object, object, RegExp]>([
    [
      "a column that is not there",
      { protocol: "records" },
      { key: "ident" },
      /response\.key names the column "ident", which the source does not have/,
    ],
    [
      "a float",
      { protocol: "records" },
      { key: "f" },
      /response\.key names the column "f", whose type is DOUBLE.*Cast it in the SQL/,
    ],
    [
      "V2, of a column that is no feature",
      { protocol: "open_inference", features: ["a"] },
      { key: "id" },
      /"id", which is no feature.*Add it to model\.features/,
    ],
    [
      "V2 with one tensor",
      { protocol: "open_inference", tensor: "x" },
      { key: "id" },
      /needs requests that name their columns\. Leave model\.tensor out/,
    ],
    [
      "a list",
      { protocol: "records" },
      { key: ["id"] },
      /response\.key: expected a column \(a string\) or an object with `column`, found a list/,
    ],
    [
      "both",
      { protocol: "records" },
      { key: "id", index: "index" },
      /response\.index cannot be set together with response\.key/,
    ],
  ])("is rejected before anything is sent: %s", async (_, model, response, message) => {
    const server = await startKeyedServer("records", reversed);
    const run = await jobs.run(server.url, "select x::int as a, x as id, x::double as f from range(3) t(x)", {
      model,
      response,
    });
    expect(run.message).toMatch(message);
    expect(server.received).toEqual([]);
  });
});

describe("response.index", () => {
  const numbered: Answer = (rows) => rows.map((row, index) => ({ index, score: score(row) }) as never).toReversed();

  it.each<ProtocolId>(["records", "instances", "json_lines", "dataframe_split", "open_inference"])(
    "pairs by the number of the row in its request: %s",
    async (protocol) => {
      const server = await startKeyedServer(protocol, numbered);
      const run = await jobs.run(server.url, TABLE, {
        model: { features: ["a"], protocol },
        requests: { batch_size: 7 },
        response: { index: "index" },
      });
      expect(run.message).toBe("");
      expect(run.columns).toEqual(["a", "id", "note", "score"]);
      expect(right(run.rows)).toBe(60);
    },
  );

  it.each<ProtocolId>(["records", "json_lines"])("pairs the parts of a request that failed: %s", async (protocol) => {
    const server = await startKeyedServer(protocol, (rows, body) =>
      rows.some(({ a }) => text(a) === "13") ? { status: 422, body: "bad row" } : numbered(rows, body),
    );
    const run = await jobs.run(server.url, TABLE, {
      model: { features: ["a"], protocol },
      requests: { batch_size: 20 },
      response: { index: "/index" },
      failure: { max_failed_rows: 1 },
    });
    expect(run.message).toBe("");
    expect(right(run.rows)).toBe(59);
  });

  it.each<[string, Answer, RegExp]>([
    [
      "numbers from 1",
      (rows) => rows.map((row, index) => ({ index: index + 1, score: score(row) }) as never),
      /do they count from 1\?/,
    ],
    [
      "no numbers",
      (rows) => rows.map((row) => ({ score: score(row) })),
      /has no index at \/index; its keys are "score"/,
    ],
  ])("rejects %s", async (_, answer, message) => {
    const server = await startKeyedServer("records", answer);
    const run = await jobs.run(server.url, TABLE, { model: { protocol: "records" }, response: { index: "index" } });
    expect(run.message).toMatch(message);
  });
});

describe("without an option", () => {
  it.each<[string, Answer, RegExp]>([
    [
      "response.index",
      (rows) => rows.map((row, index) => ({ index, score: score(row) }) as never).toReversed(),
      /Set response\.index to index to pair them by it/,
    ],
    ["response.key", reversed, /If id identifies a row, set response\.key to id to pair them by it/],
  ])("predictions in another order are rejected, with %s as the fix", async (_, answer, message) => {
    const server = await startKeyedServer("records", answer);
    const run = await jobs.run(server.url, TABLE, { model: { protocol: "records" } });
    expect(run.message).toMatch(message);
  });
});

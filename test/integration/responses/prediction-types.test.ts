import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput, ScoreframeError } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import { query } from "../../support/query.ts";

/** What the server answers to row n: a record of CSV, or JSON. */
let answers: readonly string[] = [];
let engine: Engine;
let folder: string;
let url: string;
let tables = 0;

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const body = Buffer.concat(pieces).toString();
    const isCsv = request.headers["content-type"] === "text/csv";
    const rows: number[] = isCsv
      ? body.split("\n").slice(1).map(Number)
      : JSON.parse(body).instances.map(({ n }: { n: number }) => n);
    const texts = rows.map((n) => answers[n] ?? "");
    response.writeHead(200, { "content-type": isCsv ? "text/csv" : "application/json" });
    response.end(isCsv ? `${texts.join("\n")}\n` : `{"predictions":[${texts.join(",")}]}`);
  });
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-types-"));
  engine = await createScoreframe({ workspace: join(folder, "runs") });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`;
});
afterAll(async () => {
  await engine.close();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

type Protocol = "csv" | "instances";
type Job = { readonly output?: Partial<JobInput["output"]>; readonly failing?: number; readonly apart?: boolean };

/** A job whose rows are in one shard, or each in a shard of its own (`apart`). */
function job(protocol: Protocol, texts: readonly string[], { output = {}, failing = 0, apart = false }: Job): JobInput {
  answers = texts;
  return {
    name: "types",
    source: { kind: "sql", sql: `select n::integer as n from range(${texts.length}) t(n) order by n` },
    model: { protocol },
    requests: apart ? { batch_size: 1, file_size_mb: protocol === "csv" ? 0.000_003 : 0.000_03 } : { batch_size: 100 },
    backend: { kind: "http", url },
    output: { path: join(folder, `table-${++tables}`), ...output },
    failure: { max_failed_rows: failing, max_null_predictions: "all" },
  };
}

type Table = { readonly type: unknown; readonly values: unknown[] };

async function published(protocol: Protocol, texts: readonly string[], given: Job = {}): Promise<Table> {
  const input = job(protocol, texts, given);
  await engine.run(input);
  return read(input.output.path);
}

async function read(path: string): Promise<Table> {
  const rows = await query(
    `select typeof(prediction) as type, prediction::varchar as v from '${path}/**/*.parquet' order by n`,
  );
  return { type: rows[0]?.["type"], values: rows.map(({ v }) => v) };
}

async function rejected(protocol: Protocol, texts: readonly string[], given: Job = {}): Promise<ScoreframeError> {
  const { error } = await engine.tryRun(job(protocol, texts, given));
  expect(error).not.toBeNull();
  return error as ScoreframeError;
}

describe("cells of CSV responses", () => {
  it.each<[string, string[], string, (string | null)[]]>([
    ["whole numbers", ["1", "-2", "9007199254740993"], "BIGINT", ["1", "-2", "9007199254740993"]],
    [
      "numbers of any spelling",
      ["1", "1.0", "1e0", ".5", "1.", "+0.25", "1e+05", "1D-1"],
      "DOUBLE",
      "1.0 1.0 1.0 0.5 1.0 0.25 100000.0 0.1".split(" "),
    ],
    ["numbers, of which some are missing", ["1.5", "NA", "", "null", "."], "DOUBLE", ["1.5", null, null, null, null]],
    ["labels of digits and letters", ["12", "12A", "7"], "VARCHAR", ["12", "12A", "7"]],
    ["codes with leading zeros", ["007", "12", "1E5", "0.50"], "VARCHAR", ["007", "12", "1E5", "0.50"]],
    ["codes that look like numbers", ["12E5", "1E5", "3"], "VARCHAR", ["12E5", "1E5", "3"]],
    ["labels of which one is NA", ["NA", "late", "nan", "true", ""], "VARCHAR", ["NA", "late", "nan", "true", null]],
    ["truth as Python prints it", ["True", "False"], "VARCHAR", ["True", "False"]],
    ["truth as JSON has it", ["true", "false", ""], "BOOLEAN", ["true", "false", null]],
    ["truth beside numbers", ["true", "1"], "VARCHAR", ["true", "1"]],
    ["text in quotes", ['"12"', "13"], "VARCHAR", ["12", "13"]],
    ["more digits than any number", ["1".repeat(40), "5"], "VARCHAR", ["1".repeat(40), "5"]],
    ["a negative zero", ["-0", "1"], "DOUBLE", ["-0.0", "1.0"]],
  ])("are %s", async (_what, texts, type, values) => {
    expect(await published("csv", texts)).toEqual({ type, values });
  });

  it.each<[string, string[], string, (string | null)[]]>([
    ["a label without letters is in another shard", ["12", "12A"], "VARCHAR", ["12", "12A"]],
    ["a whole number is in another shard", ["1", "1.5"], "DOUBLE", ["1.0", "1.5"]],
    ["a missing number is alone in a shard", ["NA", "1"], "BIGINT", [null, "1"]],
    ["a bare exponent is alone in a shard", ["1e0", "0.5", "1"], "DOUBLE", ["1.0", "0.5", "1.0"]],
    ["codes with exponents are among whole numbers", ["12", "12E5"], "VARCHAR", ["12", "12E5"]],
    ["truth and a number are apart", ["true", "1"], "VARCHAR", ["true", "1"]],
    ["NA is one of the labels", ["NA", "late", "7"], "VARCHAR", ["NA", "late", "7"]],
  ])("have one type, whichever shard comes first: %s", async (_what, texts, type, values) => {
    const forward = await published("csv", texts, { apart: true });
    const backward = await published("csv", texts.toReversed(), { apart: true });
    expect(forward).toEqual({ type, values });
    expect(backward).toEqual({ type, values: values.toReversed() });
  });

  it("are rejected if a shard has fractions and another has text, with the contract to write", async () => {
    for (const texts of [
      ["0.50", "late"],
      ["late", "0.50"],
    ]) {
      const error = await rejected("csv", texts, { apart: true });
      expect(error.code).toBe("PREDICTIONS_INCOMPATIBLE");
      expect(error.message).toMatch(/"prediction" is .* in shard 0 and .* in shard 1/);
      expect(error.message).toContain("text (string)");
      expect(error.message).toContain("a number (double)");
      expect(error.message).toContain("output.predictions: { prediction: varchar }");
    }
  });

  it.each<[string, string[], (string | null)[]]>([
    [
      "varchar",
      ["01234", "12", "1E5", "0.50", "true", "null", "NaN"],
      ["01234", "12", "1E5", "0.50", "true", "null", "NaN"],
    ],
    ["double", ["1", "007", ".5", "NA", '"2"'], ["1.0", "7.0", "0.5", null, "2.0"]],
    ["int64", ["1", "1.0", "1e3", "9007199254740993", "NA"], ["1", "1", "1000", "9007199254740993", null]],
    ["boolean", ["True", "false", "1", "0", "NA"], ["true", "false", "true", "false", null]],
    ["date", ["2024-02-29", "NA"], ["2024-02-29", null]],
  ])("are read as output.predictions states: %s", async (stated, texts, values) => {
    for (const apart of [false, true]) {
      const table = await published("csv", texts, { apart, output: { predictions: { prediction: stated } } });
      expect(table.values).toEqual(values);
    }
  });

  it("fail their rows if they are not what is stated", async () => {
    const output = { predictions: { prediction: "double not null" } };
    const error = await rejected("csv", ["1", "late"], { output });
    expect(error.code).toBe("PREDICTIONS_CONTRACT_VIOLATED");
    expect(error.message).toContain('"prediction" is late, and output.predictions states double not null');
    expect(await published("csv", ["1", "late", "NA", "nan"], { output, failing: 3 })).toMatchObject({
      values: ["1.0"],
    });
  });

  it("fail their rows by NaN, infinities and numbers that no double holds, if the others are numbers", async () => {
    const { values } = await published("csv", ["0.5", "nan", "-Inf", "1e400"], { failing: 3 });
    expect(values).toEqual(["0.5"]);
  });

  it("have the type of the table that the run adds to", async () => {
    const path = join(folder, "labels");
    await engine.run(job("csv", ["12A", "late"], { output: { path } }));
    await engine.run(job("csv", ["12", "13"], { output: { path, if_exists: "append" } }));
    expect((await read(path)).values.toSorted()).toEqual(["12", "12A", "13", "late"]);
  });

  it("of several columns have a type each", async () => {
    const input = job("csv", ["0.5,007,", "1,8,x", "NA,9,"], {});
    await engine.run(input);
    expect(
      await query(`select p0::varchar as a, p1 as b, p2 as c from '${input.output.path}/*.parquet' order by n`),
    ).toEqual([
      { a: "0.5", b: "007", c: null },
      { a: "1.0", b: "8", c: "x" },
      { a: null, b: "9", c: null },
    ]);
  });
});

describe("values of JSON responses", () => {
  it.each<[string, string[], string, (string | null)[]]>([
    ["lists beside null and empty lists", ["[1.5]", "null", "[]", "[2]"], "DOUBLE[]", ["[1.5]", null, "[]", "[2.0]"]],
    ["empty lists beside lists of lists", ["[[]]", "[[1]]", "[]"], "BIGINT[][]", ["[[]]", "[[1]]", "[]"]],
    ["empty lists beside lists of text", ["[]", '["a"]'], "VARCHAR[]", ["[]", "[a]"]],
    ["whole numbers that a double holds", ["9007199254740992", "0.5"], "DOUBLE", ["9007199254740992.0", "0.5"]],
  ])("have one type in one shard and in several: %s", async (_what, texts, type, values) => {
    for (const apart of [false, true]) expect(await published("instances", texts, { apart })).toEqual({ type, values });
  });

  it.each<[string, string[], RegExp]>([
    [
      "a whole number beyond 2^53 beside a fraction",
      ["9007199254740993", "0.5"],
      /a number \(int64\).*9007199254740993.*double/,
    ],
    [
      "digits of which a double keeps half, beside a fraction",
      ["0.5", "12345678901234567890123"],
      /12345678901234567890123.*double/,
    ],
    [
      "a number beside text",
      ["1", '"late"'],
      /a number \(int64\).*text \(string\)|text \(string\).*a number \(int64\)/,
    ],
    ["a number beside true", ["1", "true"], /true or false \(boolean\)/],
  ])("are rejected, by column, types, shard and the contract: %s", async (_what, texts, message) => {
    for (const apart of [false, true]) {
      const error = await rejected("instances", texts, { apart });
      expect(error.message).toMatch(message);
      expect(error.code).toBe("PREDICTIONS_INCOMPATIBLE");
      expect(error.message).toContain('"prediction"');
      expect(error.message).toMatch(/shard \d/i);
      expect(error.message).toContain("output.predictions: { prediction:");
    }
  });

  it("are rounded if a double is stated", async () => {
    for (const apart of [false, true]) {
      const output = { predictions: { prediction: "double" } };
      const table = await published("instances", ["9007199254740993", "0.5"], { apart, output });
      expect(table.values).toEqual(["9007199254740992.0", "0.5"]);
    }
  });

  it.each([
    ["1e400", "RESPONSE_INVALID"],
    ["1".repeat(40), "RESPONSE_INVALID"],
  ])("that no column holds fail their rows: %s", async (text, code) => {
    const input = job("instances", ["1", text], { failing: 1 });
    const { report } = await engine.tryRun(input);
    expect(report).toMatchObject({ status: "succeeded_with_dead_letters", ledger: { scored: 1, dead_lettered: 1 } });
    const rows = await query(`select _error_code as code from '${report.dead_letter?.path}/*.parquet'`);
    expect(rows).toEqual([{ code }]);
  });

  it('are text if they are text: "NaN" is no number', async () => {
    expect(await published("instances", ['"NaN"', '"0.5"'])).toEqual({ type: "VARCHAR", values: ["NaN", "0.5"] });
    const error = await rejected("instances", ["0.5", '"NaN"']);
    expect(error.message).toContain('text (string) here, "NaN"');
    const output = { predictions: { prediction: "double" } };
    expect(await published("instances", ["0.5", '"NaN"'], { output, failing: 1 })).toMatchObject({ values: ["0.5"] });
  });

  it("fail their rows by null if the contract says not null", async () => {
    const output = { predictions: { prediction: "double not null" } };
    for (const apart of [false, true]) {
      const table = await published("instances", ["0.5", "null"], { apart, output, failing: 1 });
      expect(table.values).toEqual(["0.5"]);
      const error = await rejected("instances", ["0.5", "null"], { apart, output });
      expect(error).toMatchObject({ code: "PREDICTIONS_CONTRACT_VIOLATED" });
      expect(error.message).toContain('"prediction" is null, and output.predictions states double not null');
    }
  });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createScoreframe } from "../../../../src/composition/create-scoreframe.ts";
import type { Engine } from "../../../../src/core/engine/engine.ts";
import type { StitchReport, StitchRequest } from "../../../../src/core/use-cases/stitch-files/stitch-prefixes.ts";
import { query } from "../../stages/support/lab.ts";

let engine: Engine;
let base: string;

beforeAll(async () => {
  engine = await createScoreframe({ workspace: mkdtempSync(join(tmpdir(), "workspace-")) });
});

afterAll(() => engine.close());

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "prefixes-"));
  for (const folder of ["in", "answers"]) mkdirSync(join(base, folder));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A request file and, if given, its answers. */
function pair(name: string, requests: string[], answers?: string[]): void {
  writeFileSync(join(base, "in", name), requests.map((line) => `${line}\n`).join(""));
  if (answers !== undefined)
    writeFileSync(join(base, "answers", `${name}.out`), answers.map((line) => `${line}\n`).join(""));
}

function stitch(changes: Partial<StitchRequest> = {}): Promise<StitchReport> {
  return engine.stitch({ requests: "in", responses: "answers", output: "out", baseDirectory: base, ...changes });
}

const table = (columns = "*"): Promise<unknown[]> =>
  query(`select ${columns} from '${join(base, "out", "*.parquet")}'`);
const failed = (columns: string): Promise<unknown[]> =>
  query(`select ${columns} from read_parquet('${join(base, "out.dead-letter", "*.parquet")}', union_by_name = true)`);
const requestOf = (...rows: unknown[]): string => JSON.stringify({ instances: rows });
const answerOf = (...predictions: unknown[]): string => JSON.stringify({ predictions });

describe("requests and responses that another program wrote", () => {
  test("become one table, each row with its prediction, files in natural order", async () => {
    pair("part-10.jsonl", [requestOf({ id: 4 })], [answerOf(40)]);
    pair("part-2.jsonl", [requestOf({ id: 1 }, { id: 2 }), requestOf({ id: 3 })], [answerOf(10, 20), answerOf(30)]);
    const report = await stitch();
    expect(await table("row_id::int as r, batch_index::int as b, id::int as id, prediction::int as p")).toEqual([
      { r: 0, b: 0, id: 1, p: 10 },
      { r: 0, b: 1, id: 2, p: 20 },
      { r: 1, b: 0, id: 3, p: 30 },
      { r: 2, b: 0, id: 4, p: 40 },
    ]);
    expect(report).toMatchObject({ files: 2, lines: 3, rows: 4, dead_lettered: 0, output: { rows: 4 } });
    expect(report.columns).toEqual([
      { name: "row_id", type: "Int64" },
      { name: "batch_index", type: "Int64" },
      { name: "id", type: "Int64" },
      { name: "prediction", type: "Int64" },
    ]);
    expect(existsSync(join(base, "out.dead-letter"))).toBe(false);
    expect(readdirSync(base).sort()).toEqual(["answers", "in", "out"]);
  });

  test("have one schema over all files, also for what only the last file shows", async () => {
    pair(
      "a",
      [requestOf({ id: 9007199254740993n.toString(), x: 1 }).replaceAll('"9007199254740993"', "9007199254740993")],
      [answerOf(null)],
    );
    pair("b", [requestOf({ id: 2, x: 1.5, tags: ["t", null] })], [answerOf({ label: "yes", score: 1 })]);
    const { columns } = await stitch();
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      "row_id Int64",
      "batch_index Int64",
      "id Int64",
      "x Float64",
      "tags List(String)",
      "label String",
      "score Int64",
    ]);
    expect(await table("id::varchar as id, x, tags::varchar as tags, label")).toEqual([
      { id: "9007199254740993", x: 1, tags: null, label: null },
      { id: "2", x: 1.5, tags: "[t, NULL]", label: "yes" },
    ]);
  });

  test.each([
    ["instances", '{"instances":[{"a":1,"b":"x"},{"a":2,"b":null}],"signature_name":"s"}', answerOf(1, 2)],
    ["dataframe_split", '{"dataframe_split":{"columns":["a","b"],"data":[[1,"x"],[2,null]]}}', answerOf(1, 2)],
    ["dataframe_records", '{"dataframe_records":[{"a":1,"b":"x"},{"a":2,"b":null}],"params":{}}', answerOf(1, 2)],
    ["records", '[{"a":1,"b":"x"},{"a":2,"b":null}]', "[1,2]"],
    ["records, answered under a key", '[{"a":1,"b":"x"},{"a":2,"b":null}]', answerOf(1, 2)],
  ])("are read as %s, which the first line shows", async (_protocol, request, answer) => {
    pair("a", [request], [answer]);
    await stitch();
    expect(await table("a::int as a, b, prediction::int as p")).toEqual([
      { a: 1, b: "x", p: 1 },
      { a: 2, b: null, p: 2 },
    ]);
  });

  test("may be one row a line", async () => {
    pair("a", ['{"a":1}', '{"a":2}'], ["0.5", '{"error":"bad"}']);
    expect(await stitch()).toMatchObject({ rows: 2, dead_lettered: 1 });
    expect(await table("row_id::int as r, batch_index::int as b, a::int as a, prediction::double as p")).toEqual([
      { r: 0, b: 0, a: 1, p: 0.5 },
    ]);
  });

  test("may be tensors, answered with several outputs; an answer to another request costs its rows", async () => {
    const inputs = (id: string, ...values: readonly number[]) =>
      `{"id":"${id}","inputs":[{"name":"a","shape":[${values.length},1],"datatype":"INT64","data":[${values}]},` +
      `{"name":"l","shape":[${values.length},2],"datatype":"FP64","data":[${values.flatMap((value) => [value, 0.5])}]}]}`;
    const outputs = (id: string, label: string) =>
      `{"id":"${id}","outputs":[{"name":"label","shape":[2],"datatype":"BYTES","data":["${label}","b"]},` +
      `{"name":"p","shape":[2,2],"datatype":"FP64","data":[0.1,0.9,0.2,0.8]}]}`;
    pair("a", [inputs("x", 1, 2), inputs("y", 3, 4)], [outputs("x", "a"), outputs("x", "a")]);
    expect(await stitch()).toMatchObject({ rows: 4, dead_lettered: 2 });
    expect(await table("a::int as a, l::varchar as l, label, p::varchar as p")).toEqual([
      { a: 1, l: "[1.0, 0.5]", label: "a", p: "[0.1, 0.9]" },
      { a: 2, l: "[2.0, 0.5]", label: "b", p: "[0.2, 0.8]" },
    ]);
  });

  test("may be records of CSV, whose columns have neither names nor types", async () => {
    pair("a", ['1,"x, ""y""",2.50', "007,,"], ["0.5,late", "0.25,"]);
    await stitch();
    expect(await table("c0, c1, c2, p0::double as p0, p1")).toEqual([
      { c0: "1", c1: 'x, "y"', c2: "2.50", p0: 0.5, p1: "late" },
      { c0: "007", c1: null, c2: null, p0: 0.25, p1: null },
    ]);
  });

  test("may hold rows that are no objects", async () => {
    pair("a", ['{"instances":[[1,2],[3]]}'], [answerOf(1, 2)]);
    await stitch();
    expect(await table("instance::varchar as i, prediction::int as p")).toEqual([
      { i: "[1, 2]", p: 1 },
      { i: "[3]", p: 2 },
    ]);
  });

  test("may be in one folder, among hidden files and folders", async () => {
    pair("a", [requestOf({ a: 1 })], undefined);
    writeFileSync(join(base, "in", "a.out"), `${answerOf(1)}\n`);
    writeFileSync(join(base, "in", ".crc"), "x");
    mkdirSync(join(base, "in", "folder"));
    mkdirSync(join(base, "in", ".hidden"));
    writeFileSync(join(base, "in", ".hidden", "b"), "x");
    expect(await stitch({ responses: "in" })).toMatchObject({ files: 1, rows: 1 });
  });

  test("may have empty files, empty requests, no line feed at the end and Windows line ends", async () => {
    pair("a", [], []);
    pair("b", [requestOf(), requestOf({ a: 1 })], [answerOf(), answerOf(1)]);
    writeFileSync(join(base, "in", "c"), `${requestOf({ a: 2 })}\r\n${requestOf({ a: 3 })}`);
    writeFileSync(join(base, "answers", "c.out"), `${answerOf(2)}\r\n${answerOf(3)}`);
    expect(await stitch()).toMatchObject({ files: 3, lines: 4, rows: 3 });
    expect(await table("row_id::int as r, a::int as a, prediction::int as p")).toEqual([
      { r: 1, a: 1, p: 1 },
      { r: 2, a: 2, p: 2 },
      { r: 3, a: 3, p: 3 },
    ]);
  });

  test("become text files, too", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf({ label: "x" })]);
    await stitch({ format: "jsonl", prefix: "p_" });
    const [name = ""] = readdirSync(join(base, "out")).filter((each) => each.endsWith(".jsonl"));
    expect(readFileSync(join(base, "out", name), "utf8")).toBe('{"row_id":0,"batch_index":0,"a":1,"p_label":"x"}\n');
  });

  test("replace the table and the dead letters of the time before", async () => {
    pair("a", [requestOf({ a: 1 }, { a: 2 })], [answerOf(1, { error: "bad" })]);
    await stitch();
    pair("a", [requestOf({ a: 1 }, { a: 2 })], [answerOf(5, 6)]);
    await stitch();
    expect(await table("prediction::int as p")).toEqual([{ p: 5 }, { p: 6 }]);
    expect(readdirSync(join(base, "out.dead-letter"))).toEqual([]);
  });
});

describe("answers that AssembleWith joined, which adds a line break to each", () => {
  const stitched = async (answers: string, requests = ['{"a":1}', '{"a":2}', '{"a":3}']): Promise<unknown> => {
    pair("a", requests);
    writeFileSync(join(base, "answers", "a.out"), answers);
    await stitch();
    return query(`select prediction::int as p from '${join(base, "out", "*.parquet")}' order by row_id`);
  };
  const whole = [{ p: 1 }, { p: 2 }, { p: 3 }];
  const documents = [1, 2, 3].map((a) => requestOf({ a }));

  test.each([
    ["one record each, with an empty line behind", "1\n\n2\n\n3\n\n"],
    ["one record each, but for the last line break", "1\n\n2\n\n3\n"],
    ["all records at once, with an empty line at the end", "1\n2\n3\n\n"],
    ["several records each, with an empty line behind", "1\n2\n\n3\n\n"],
    ["one record each, with Windows line ends", "1\r\n\r\n2\r\n\r\n3\r\n\r\n"],
  ])("may be to %s", async (_what, answers) => {
    expect(await stitched(answers)).toEqual(whole);
    expect(await stitched(answers, ["1,2", "3,4", "5,6"])).toEqual(whole);
    expect(readFileSync(join(base, "answers", "a.out"), "utf8")).toBe(answers);
  });

  test("may be documents with a list, wherever their empty lines are", async () => {
    const [one, two, three] = [answerOf(1), answerOf(2), answerOf(3)];
    expect(await stitched(`${one}\n\n${two}\n${three}\n`, documents)).toEqual(whole);
  });

  test("cost the rows of an answer that is empty itself, and of no other", async () => {
    expect(await stitched("1\n\n\n\n3\n\n")).toEqual([{ p: 1 }, { p: 3 }]);
    expect(await stitched("1\n\n3\n")).toEqual([{ p: 1 }, { p: 3 }]);
    expect(await failed("a::int as a, _row_id::int as r, _error_code as code")).toEqual([
      { a: 2, r: 1, code: "LINE_NOT_JSON" },
    ]);
  });

  test.each([
    [
      "an empty line in the middle may be an answer and a later one two",
      "1\n\n2\n3\n",
      "Some answers have an empty line",
    ],
    ["two empty lines together may hold an empty answer", "1\n\n\n2\n3\n\n", "6 lines, 3 of them empty"],
    ["an empty line at the end may hide that an answer is missing", "2\n3\n\n", "if one answer is missing"],
    ["there are too many all the same", "1\n2\n3\n4\n\n", "has 5 lines, 1 of them empty, its request file a has 3"],
  ])("are rejected if %s", async (_what, answers, complaint) => {
    for (const requests of [undefined, ["1,2", "3,4", "5,6"]]) {
      await expect(stitched(answers, requests)).rejects.toMatchObject({
        code: "LINE_COUNT_MISMATCH",
        message: expect.stringContaining(complaint) as string,
      });
    }
    expect(existsSync(join(base, "out"))).toBe(false);
  });

  test("are rejected as documents, too, if an empty line at the end may hide that one is missing", async () => {
    await expect(stitched(`${answerOf(2)}\n${answerOf(3)}\n\n`, documents)).rejects.toMatchObject({
      code: "LINE_COUNT_MISMATCH",
    });
  });
});

describe("rows without a prediction", () => {
  test("are kept with their cause and their place, and shift no other row", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf(1)]);
    pair(
      "b",
      [2, 4, 6, 8, 10].map((a) => requestOf({ a }, { a: a + 1 })),
      [
        answerOf(2, { error: "bad" }),
        answerOf(4),
        "oops",
        '{"error":{"code":"BACKEND_TIMEOUT","message":"slow","attempts":3}}',
        answerOf(10, 11),
      ],
    );
    expect(await stitch()).toMatchObject({ rows: 11, dead_lettered: 7, output: { rows: 4 } });
    expect(await table("a::int as a, prediction::int as p")).toEqual([1, 2, 10, 11].map((a) => ({ a, p: a })));
    const letters = await failed(
      "a::int as a, _row_id::int as r, _batch_index::int as b, _error_code as code, _attempts as n",
    );
    expect(letters).toEqual([
      { a: 3, r: 1, b: 1, code: "ROW_FAILED", n: 1 },
      { a: 4, r: 2, b: 0, code: "PREDICTION_COUNT_MISMATCH", n: 1 },
      { a: 5, r: 2, b: 1, code: "PREDICTION_COUNT_MISMATCH", n: 1 },
      { a: 6, r: 3, b: 0, code: "LINE_NOT_JSON", n: 1 },
      { a: 7, r: 3, b: 1, code: "LINE_NOT_JSON", n: 1 },
      { a: 8, r: 4, b: 0, code: "BACKEND_TIMEOUT", n: 3 },
      { a: 9, r: 4, b: 1, code: "BACKEND_TIMEOUT", n: 3 },
    ]);
    expect(await failed("distinct _error_message as m, _error_code as c")).toContainEqual({
      m: expect.stringContaining("Answer file b.out, line 1: 1 prediction for 2 rows") as string,
      c: "PREDICTION_COUNT_MISMATCH",
    });
  });

  test("are not published if there are no others: the former table stays", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf(1)]);
    await stitch();
    pair("a", [requestOf({ a: 1 })], ["oops"]);
    await expect(stitch()).rejects.toMatchObject({
      code: "TOO_MANY_FAILED_ROWS",
      message: expect.stringContaining("Answer file a.out, line 0: the answer is not JSON"),
    });
    expect(await table("prediction::int as p")).toEqual([{ p: 1 }]);
    expect(await failed("a::int as a")).toEqual([{ a: 1 }]);
  });
});

describe("what cannot be paired safely is rejected before anything is written", () => {
  const rejected = async (code: string, ...parts: string[]): Promise<void> => {
    const thrown: unknown = await stitch().then(
      () => "nothing was thrown",
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ code });
    for (const part of parts) expect(String(thrown)).toContain(part);
    expect(existsSync(join(base, "out", "_manifest.json"))).toBe(false);
    expect(readdirSync(base).filter((name) => name.startsWith("."))).toEqual([]);
  };

  test("a folder that does not exist", async () => {
    rmSync(join(base, "answers"), { recursive: true });
    await rejected("TABLE_NOT_FOUND", `The folder of responses ${join(base, "answers")} does not exist`);
  });

  test("a folder without requests", () => rejected("TABLE_NOT_FOUND", "holds no files"));

  test("an answer file that is missing, and one that belongs to no request", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf(1)]);
    pair("b", [requestOf({ a: 1 })]);
    writeFileSync(join(base, "answers", "c.out"), "");
    await rejected(
      "LINE_COUNT_MISMATCH",
      "Found 2 request files and 2 answer files",
      "missing: b.out",
      "without a request file: c.out",
    );
  });

  test("a file with another number of lines than its answers", async () => {
    pair("a", [requestOf({ a: 1 }), requestOf({ a: 2 })], [answerOf(1)]);
    await rejected("LINE_COUNT_MISMATCH", "The answer file a.out has 1 line, its request file a has 2");
  });

  test.each([
    ["neither an object nor a list", "1", "the first line of"],
    ["another protocol", '{"inputs":[{"a":1}]}', 'the keys "inputs"'],
  ])("requests that are %s", async (_what, line, complaint) => {
    pair("a", [line], [answerOf(1)]);
    await rejected(
      "PROTOCOL_UNSUPPORTED",
      complaint,
      "instances, dataframe_split, dataframe_records, records, json_lines, csv, open_inference",
    );
  });

  test("a protocol that does not exist", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf(1)]);
    await expect(stitch({ protocol: "xml" })).rejects.toMatchObject({ code: "PROTOCOL_UNSUPPORTED" });
  });

  test.each([
    ["is no JSON", "oops", "LINE_NOT_JSON"],
    ["has no rows", '{"inputs":[]}', "ROWS_INVALID"],
    ["has two types in a column", requestOf({ a: 1 }, { a: "x" }), "ROWS_INVALID"],
  ])("a request line that %s, since its rows are not known", async (_what, line, code) => {
    pair("a", [requestOf({ a: 1 }), line], [answerOf(1), answerOf(1)]);
    await rejected(code, "Request file a, line 1");
  });

  test("a row of dataframe_split with a value too few", async () => {
    pair("a", ['{"dataframe_split":{"columns":["a","b"],"data":[[1]]}}'], [answerOf(1)]);
    await rejected("ROWS_INVALID", "a row has 1 values for 2 columns");
  });

  test("a prediction with the name of a request's column, also if they are in different files", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf({ label: "x" })]);
    pair("b", [requestOf({ label: 1 })], [answerOf({ other: "x" })]);
    await rejected("COLUMN_COLLISION", 'a column "label"', "Set prefix, on the command line --prefix (");
    expect((await stitch({ prefix: "p_" })).columns.map(({ name }) => name)).toContain("p_label");
  });

  test("a request's column with the name of a row's position", async () => {
    pair("a", [requestOf({ row_id: 1 })], [answerOf(1)]);
    await rejected("COLUMN_COLLISION", 'have a column "row_id"');
  });

  test("objects in one file and plain values in another", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf({ label: "x" })]);
    pair("b", [requestOf({ a: 1 })], [answerOf(1)]);
    await rejected("PREDICTIONS_INCOMPATIBLE", "Some files are answered with objects");
  });

  test("a column with numbers in one file and texts in another", async () => {
    pair("a", [requestOf({ a: 1 })], [answerOf(1)]);
    pair("b", [requestOf({ a: "x" })], [answerOf(1)]);
    await rejected("ROWS_INVALID", 'Column "a" is Int64 in request file a and String in request file b');
  });
});

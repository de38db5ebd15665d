import { describe, expect, test } from "vitest";
import { pl } from "../../../../src/core/polars/polars.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";
import { decodeAnswers } from "../../../../src/core/responses/read/decode-answers.ts";
import { readLines } from "../../../../src/core/responses/read/read-lines.ts";
import { createLab } from "../../stages/support/lab.ts";

type Decoded = {
  type: unknown;
  values: unknown[];
  failures: { row: number; line: number; code: string; message: string }[];
};

/** Decodes answer lines to `rows` rows each; integers must be small, for they are read back as JavaScript numbers. */
function decode(lines: string[], rows: number[], protocol: "instances" | "json_lines" = "instances"): Decoded {
  const { predictions, type, failures } = decodeAnswers({
    shard: 4,
    lines: pl.DataFrame([pl.Series("line", lines, pl.Utf8)]),
    lineRows: rows,
    protocol: PROTOCOLS[protocol],
  });
  const text = pl.readIPC(predictions.writeIPC()).writeJSON({ format: "lines" }).toString();
  const values = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { prediction: unknown }).prediction);
  return {
    type,
    values,
    failures: failures.map(({ row, line, cause: { code, message } }) => ({ row, line, code, message })),
  };
}

const answer = (...predictions: unknown[]): string => JSON.stringify({ predictions });

describe("answers that say more than predictions", () => {
  test.each([
    ["a doubled key", '{"predictions":[{"a":1,"a":2}]}', "RESPONSE_INVALID", /has the key "a" twice/],
    ["a doubled list", '{"predictions":[1],"predictions":[2]}', "RESPONSE_INVALID", /"predictions" twice/],
    ["an error", '{"error":"no GPU","predictions":[1]}', "ROW_FAILED", /no GPU/],
    ["no success", '{"success":false,"predictions":[1]}', "ROW_FAILED", /"success": false/],
  ])("fail their rows: %s", (_what, line, code, message) => {
    const decoded = decode([answer({ a: 1 }), line], [1, 1]);
    expect(decoded.failures).toEqual([{ row: 1, line: 1, code, message: expect.stringMatching(message) }]);
  });

  test("are read if a single row has a bare value", () => {
    expect(decode([answer(1, 2), '{"predictions":3}'], [2, 1])).toMatchObject({ values: [1, 2, 3], failures: [] });
  });
});

test.each([
  [
    "a list",
    ['{"predictions":[["n01440764","tench",0.9]]}'],
    /holds a list of text \(string\) and a number \(double\): .* A list has one type/,
  ],
  [
    "a list in an object",
    ['{"predictions":[{"top":[[1],["a"]]}]}'],
    /column "top" holds a list of a number \(int64\) and text \(string\): "a"/,
  ],
])("a prediction that no column holds is named with its types: %s", (_what, lines, message) => {
  expect(() => decode(lines, [1])).toThrow(message);
});

describe("answers of one form", () => {
  test.each([
    ["integers and floats as floats", [answer(1, 2.5)], [2], "Float64", [1, 2.5]],
    ["texts", [answer("a", null), answer("")], [2, 1], "String", ["a", null, ""]],
    ["lists", [answer([1, 2], [], null)], [3], { List: "Int64" }, [[1, 2], [], null]],
    ["lists of lists", [answer([[1], [2, 3]])], [1], { List: { List: "Int64" } }, [[[1], [2, 3]]]],
    ["nothing but nulls", [answer(null), answer(null)], [1, 1], "Null", [null, null]],
    ["empty objects, which no table can hold, as nulls", [answer({}, {})], [2], "Null", [null, null]],
  ])("%s", (_what, lines, rows, type, values) => {
    expect(decode(lines, rows)).toEqual({ type, values, failures: [] });
  });

  test("objects, whose keys may come late and in any order, always in the order of the first", () => {
    const lines = [answer({ label: "x", score: 1 }), answer({ score: 2.5, label: "y" }), answer({ extra: true })];
    for (let time = 0; time < 5; time += 1) {
      expect(decode(lines, [1, 1, 1]).type).toEqual({
        Struct: [
          { name: "label", dtype: "String" },
          { name: "score", dtype: "Float64" },
          { name: "extra", dtype: "Boolean" },
        ],
      });
    }
  });

  test("one JSON value per line if the protocol says so", () => {
    expect(decode(['{"p":1}', '{"p":null}'], [1, 1], "json_lines").values).toEqual([{ p: 1 }, { p: null }]);
  });

  test("other keys of an answer are passed over", () => {
    expect(decode(['{"model":"m","predictions":[1]}'], [1]).values).toEqual([1]);
  });
});

describe("answers of several forms are rejected, never converted", () => {
  test.each([
    ["a text among numbers", answer(1, "x")],
    ["a boolean among numbers", answer(true, 1)],
    ["a number among lists", answer([2], 1)],
    ["a number in a list of texts", answer(["a", 5], ["b"])],
    ["a boolean in a list of numbers", answer([1, true], [2])],
    ["a list among lists of lists", answer([[1]], [2])],
    ["an object among numbers", answer(1, { a: 1 })],
    ["a field that is a text once", answer({ a: 1, b: "x" }, { a: "1", b: "y" })],
    ["a field that is a boolean once", answer({ a: 1, ok: true }, { a: true, ok: false })],
    ["a field that is a list once", answer({ a: [1] }, { a: 1 })],
    ["a field whose name is written with escapes", '{"predictions":[{"a":"x"},{"\\u0061":5}]}'],
    ["a field outside of ASCII", answer({ é: "x" }, { é: 5 })],
  ])("%s", (_what, line) => {
    expect(() => decode([line], [2])).toThrow(
      expect.objectContaining({
        code: "PREDICTIONS_INCOMPATIBLE",
        message: expect.stringContaining("Shard 4, line 0"),
      }),
    );
  });

  test("texts that look like values are no reason to reject", () => {
    const texts = [", 5", ",true", '"a": 5', "]", "[", "\\ud800", "error"];
    expect(decode([answer(...texts)], [texts.length])).toEqual({ type: "String", values: texts, failures: [] });
  });
});

describe("a number keeps every digit", () => {
  test.each([
    ["9007199254740993", "Int64"],
    ["-9223372036854775808", "Int64"],
    ["18446744073709551615", "UInt64"],
    ["12345678901234567890123456789012345678", { Decimal: [38, 0] }],
    // As JavaScript prints the double 1e20.
    ["100000000000000000000", "Float64"],
  ])("%s is %j", (text, type) => {
    const line = `{"predictions":[${text},null]}`;
    expect(decode([line], [2]).type).toEqual(type);
  });
});

describe("a faulty answer costs its own rows", () => {
  const good = answer(1, 2);

  test.each([
    [
      "no JSON",
      "oops",
      "LINE_NOT_JSON",
      'Shard 4, line 1: the answer is not JSON (Unexpected token \'o\', "oops" is not valid JSON): "oops"',
    ],
    ["an empty line", "", "LINE_NOT_JSON", "Shard 4, line 1: the answer is empty"],
    ["a bare NaN", '{"predictions":[NaN,1]}', "LINE_NOT_JSON", "Shard 4, line 1: the answer is not JSON"],
    ["two documents", '{"predictions":[1]}{"predictions":[2]}', "LINE_NOT_JSON", "Shard 4, line 1"],
    ["a prediction too few", answer(7), "PREDICTION_COUNT_MISMATCH", "Shard 4, line 1: 1 prediction for 2 rows"],
    [
      "a prediction too many",
      answer(7, 8, 9),
      "PREDICTION_COUNT_MISMATCH",
      "Shard 4, line 1: 3 predictions for 2 rows",
    ],
    ["no predictions", answer(), "PREDICTION_COUNT_MISMATCH", "Shard 4, line 1: 0 predictions for 2 rows"],
    ["no list", '{"outputs":[1,2]}', "RESPONSE_INVALID", 'Shard 4, line 1: the answer has no list "predictions"'],
    ["null", "null", "RESPONSE_INVALID", "Shard 4, line 1"],
    ["an error of the server", '{"error":"out of memory"}', "ROW_FAILED", "out of memory"],
    ["an error of ours", '{"error":{"code":"BACKEND_REFUSED","message":"413","attempts":3}}', "BACKEND_REFUSED", "413"],
    ["an error behind an escape", '{"\\u0065rror":"hidden"}', "ROW_FAILED", "hidden"],
  ])("%s", (_what, line, code, message) => {
    const { values, failures } = decode([good, line, good], [2, 2, 2]);
    expect(values).toEqual([1, 2, null, null, 1, 2]);
    expect(failures).toEqual(
      [2, 3].map((row) => ({ row, line: 1, code, message: expect.stringContaining(message) as string })),
    );
  });

  test.each([
    ["an error object", '{"error":"bad row"}', "ROW_FAILED"],
    ["a number beyond all numbers", "1e400", "RESPONSE_INVALID"],
    ["an integer of fifty digits", "1".repeat(50), "RESPONSE_INVALID"],
  ])("%s in the place of a prediction costs one row", (_what, prediction, code) => {
    const { values, failures } = decode([good, `{"predictions":[${prediction},4]}`], [2, 2]);
    expect(values).toEqual([1, 2, null, 4]);
    expect(failures).toMatchObject([{ row: 2, line: 1, code }]);
  });

  test("half a surrogate pair is no text, and a whole one is", () => {
    const { values, failures } = decode(['{"predictions":["\\ud83d\\ude00","\\ud83d","a"]}'], [3]);
    expect(values).toEqual(["😀", null, "a"]);
    expect(failures).toMatchObject([{ row: 1, code: "RESPONSE_INVALID" }]);
  });

  test("an object with an error among other keys, or with a null error, is a prediction", () => {
    const predictions = [
      { error: null, label: "a" },
      { error: "low", label: "b" },
    ];
    expect(decode([answer(...predictions)], [2])).toMatchObject({ values: predictions, failures: [] });
    expect(decode([answer({ error: null })], [1]).failures).toEqual([]);
  });

  test("fragments that would be whole once they are joined by a comma are two faulty lines", () => {
    const lines = ['{"predictions":[1]},{"predictions":[2]', '"x":0}', answer(3)];
    const { values, failures } = decode(lines, [1, 1, 1]);
    expect(values).toEqual([null, null, 3]);
    expect(failures.map(({ line, code }) => [line, code])).toEqual([
      [0, "LINE_NOT_JSON"],
      [1, "LINE_NOT_JSON"],
    ]);
  });

  test("a line with one too many and a line with one too few do not make up for each other", () => {
    const { values, failures } = decode([answer(1, 2, 3), answer(4), answer(5, 6)], [2, 2, 2]);
    expect(values).toEqual([null, null, null, null, 5, 6]);
    expect(failures.map(({ line, message }) => [line, message.split(".")[0]])).toEqual([
      [0, "Shard 4, line 0: 3 predictions for 2 rows"],
      [0, "Shard 4, line 0: 3 predictions for 2 rows"],
      [1, "Shard 4, line 1: 1 prediction for 2 rows"],
      [1, "Shard 4, line 1: 1 prediction for 2 rows"],
    ]);
  });

  test("bytes that are no text are no JSON, though a lenient reader would make text of them", () => {
    const lab = createLab();
    const bad = Buffer.concat([Buffer.from('{"predictions":["a'), Buffer.from([0xff]), Buffer.from('"]}\n')]);
    const lines = readLines(lab.write("a.out", Buffer.concat([bad, Buffer.from(`${answer("b")}\n`)])));
    lab.remove();
    const { values, failures } = decode(lines.getColumn("line").toArray() as string[], [1, 1]);
    expect(values).toEqual([null, "b"]);
    expect(failures).toMatchObject([{ line: 0, code: "LINE_NOT_JSON" }]);
  });
});

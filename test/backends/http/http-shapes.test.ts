import { describe, expect, it } from "vitest";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import { rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

type Predict = (xs: readonly number[]) => unknown;

/** The response lines, when the server answers each request, one at a time, with what `answer` makes of its rows. */
async function answered(requests: readonly string[], answer: Predict, isolateFailedRows = false) {
  const server = await startModelServer((received, response) => {
    const body = answer(rowsOf(received).map(({ x }) => x));
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  });
  const { lines } = await scoreOverHttp({ url: server.url, concurrency: 1 }, [requests], { isolateFailedRows });
  return lines;
}

const message = (line: string | undefined): string => JSON.parse(line ?? "").error.message;

describe("the shape of predictions", () => {
  it("may be a bare value for a single row", async () => {
    const lines = await answered([instancesLine(2), instancesLine(1, 9007)], (xs) =>
      xs.length === 1 ? `{"predictions": 9007199254740993}` : { predictions: xs },
    );
    expect(lines).toEqual(['{"predictions":[0,1]}', '{"predictions":[9007199254740993]}']);
  });

  it("costs one bad record one record where single rows get a bare value", async () => {
    const server = await startModelServer((received, response) => {
      const xs = rowsOf(received).map(({ x }) => x);
      if (xs.includes(6)) return response.writeHead(400).end("no");
      return response.end(JSON.stringify({ predictions: xs.length === 1 ? xs[0] : xs }));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(12)]]);
    const { predictions } = JSON.parse(lines[0] ?? "") as { predictions: unknown[] };
    expect(predictions.map((each, x) => each === x)).toEqual(predictions.map((_, x) => x !== 6));
  });

  it.each<[string, Predict, RegExp]>([
    ["a bare value for several rows", () => ({ predictions: 5 }), /no list under "predictions"/],
    ["an error beside predictions", (xs) => ({ error: "CUDA out of memory", predictions: xs }), /CUDA out of memory/],
    ["a list of errors beside them", (xs) => ({ errors: ["no GPU"], predictions: xs }), /no GPU/],
    ["no success", (xs) => ({ success: false, message: "warming up", predictions: xs }), /warming up/],
    ["a doubled key", () => '{"predictions":[1,2],"predictions":[3,4]}', /the key "predictions" twice/],
    ["a doubled key of a prediction", () => '{"predictions":[{"a":1},{"a":1,"b":2,"\\u0061":3}]}', /the key "a" twice/],
    ["a message among objects", () => ({ predictions: [{ p: 1 }, { detail: "bad row" }] }), /keys "detail", none of/],
    [
      "a list among values",
      () => ({ predictions: [1, [2]] }),
      /a list as prediction 2 of 2, and with a single value for other rows/,
    ],
  ])("is not %s", async (_, answer, expected) => {
    const [line] = await answered([instancesLine(2)], answer);
    expect(message(line)).toMatch(expected);
  });

  it.each<[string, Predict]>([
    ["an error that is null", (xs) => ({ error: null, errors: [], success: true, predictions: xs })],
    ["an error that is empty", (xs) => ({ error: "", predictions: xs })],
    ["the same key in two objects", (xs) => ({ predictions: xs, a: { predictions: 1 }, b: [{ a: 1 }, { a: 2 }] })],
    ["a text that looks like a key", (xs) => ({ predictions: xs, a: '"predictions":', b: "\\" })],
  ])("is right beside %s", async (_, answer) => {
    const [line = ""] = await answered([instancesLine(2)], answer);
    expect(JSON.parse(line)).toMatchObject({ predictions: [0, 1] });
  });

  it("is compared with requests before, also if each has one row", async () => {
    const lines = await answered([instancesLine(1, 1), instancesLine(1, 2), instancesLine(1, 3)], ([x]) => ({
      predictions: [x === 2 ? { message: "busy" } : { score: x }],
    }));
    expect(lines.map((line) => "error" in JSON.parse(line))).toEqual([false, true, false]);
  });

  it("does not follow the number of rows: columns instead of rows, as many as rows by chance", async () => {
    const columns: Predict = (xs) => ({ predictions: xs.map((x) => xs.map((y) => x * y)) });
    const lines = await answered([instancesLine(3), instancesLine(4)], columns);
    expect(message(lines[1])).toMatch(/4 lists of 4 values, and with lists of 3 values before/);
  });

  it("may be lists of any length, also one that is the number of rows", async () => {
    const classes: Predict = (xs) => ({ predictions: xs.map((x) => [x, 0, 1]) });
    expect((await answered([instancesLine(2), instancesLine(3), instancesLine(4)], classes)).join()).not.toMatch(
      /error/,
    );
    const tokens: Predict = (xs) => ({ predictions: xs.map((x) => Array.from({ length: x + 1 }, () => 0)) });
    expect((await answered([instancesLine(3), instancesLine(1, 3), instancesLine(4)], tokens)).join()).not.toMatch(
      /error/,
    );
  });
});

describe("tensors", () => {
  const output = (datatype: string, shape: number[], data: unknown) => ({ name: "y", datatype, shape, data });
  const request = (rows: number) =>
    JSON.stringify({ inputs: [{ name: "x", shape: [rows, 1], datatype: "INT64", data: Array(rows).fill(1) }] });

  it.each([
    ["ragged", output("INT64", [3], [[1, 2], [3]]), /ragged/],
    [
      "nested in another shape",
      output(
        "INT64",
        [3, 2],
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ),
      /data of the shape \[2,3\]/,
    ],
    ["of values beside lists", output("INT64", [3], [1, [2], 3]), /ragged/],
  ])("whose data are %s fail their rows", async (_, tensor, expected) => {
    const server = await startModelServer((_received, response) => response.end(JSON.stringify({ outputs: [tensor] })));
    const protocol: ProtocolId = "open_inference";
    const { lines } = await scoreOverHttp({ url: server.url }, [[request(3)]], { protocol, isolateFailedRows: false });
    expect(message(lines[0])).toMatch(expected);
  });

  it("may be nested as their shape says", async () => {
    const answer = JSON.stringify({ outputs: [output("INT64", [3, 1], [[1], [2], [3]])] });
    const server = await startModelServer((_received, response) => response.end(answer));
    const { lines } = await scoreOverHttp({ url: server.url }, [[request(3)]], { protocol: "open_inference" });
    expect(lines).toEqual([answer]);
  });
});

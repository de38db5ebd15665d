import { describe, expect, it } from "vitest";
import { startModelServer } from "./support/model-server.ts";
import { scoreOverHttp } from "./support/score-over-http.ts";

const CSV = { "content-type": "text/csv" };

/** What becomes of the answer to rows of CSV. */
async function answered(rows: readonly string[], body: string, type = "text/csv", job = {}) {
  const server = await startModelServer((_received, response) => {
    response.writeHead(200, { "content-type": type }).end(body);
  });
  const { lines } = await scoreOverHttp({ url: server.url, ...job }, [rows], {
    protocol: "csv",
    isolateFailedRows: false,
  });
  return lines;
}

const failed = (code: string) => expect.stringContaining(`{"error":{"code":"${code}"`);

describe("requests of CSV", () => {
  it("begin with the line of names, each of them, also those that are sent again in parts", async () => {
    const bodies: string[] = [];
    const server = await startModelServer(({ body }, response) => {
      bodies.push(body);
      const [header, ...rows] = body.split("\n");
      if (header !== "x,y" || rows.includes('2,"b,b"')) response.writeHead(400).end();
      else response.writeHead(200, CSV).end(rows.map((row) => row.split(",")[0]).join("\n"));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [["1,a", '2,"b,b"', "3,", "4,d"]], {
      protocol: "csv",
      header: "x,y",
      batchSize: 3,
    });
    expect(bodies[0]).toBe('x,y\n1,a\n2,"b,b"\n3,');
    expect(lines).toEqual(["1", failed("BACKEND_REFUSED"), "3", "4"]);
  });

  it("never have more bytes than the server takes, whatever the batch size", async () => {
    const sizes: number[] = [];
    const server = await startModelServer(({ body }, response) => {
      sizes.push(Buffer.byteLength(body));
      const rows = body.split("\n").slice(1);
      response.writeHead(200, CSV).end(rows.join("\n"));
    });
    const rows = Array.from({ length: 50 }, (_, i) => String(1000 + i));
    const { lines } = await scoreOverHttp({ url: server.url, max_request_bytes: 20 }, [rows], {
      protocol: "csv",
      header: "naïve",
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(20);
    expect(lines).toEqual(rows);
  });
});

describe("answers to rows of CSV", () => {
  it.each([
    ["a line each", "0.5\n0.6\n", "text/csv", ["0.5", "0.6"]],
    ["a line each, with carriage returns and without a last line end", "0.5\r\n0.6", "text/csv", ["0.5", "0.6"]],
    ["all on one line", "0.5,0.6", "text/csv; charset=utf-8", ["0.5", "0.6"]],
    ["several cells a line", '0.5,"a ""b"""\n0.6,c\n', "text/csv", ['0.5,"a ""b"""', "0.6,c"]],
    ["a text over two lines", '"a\nb"\nc\n', "text/csv", ['"a\\nb"', "c"]],
    ["a backslash", '"C:\\new"\nc\n', "text/csv", ['"C:\\\\new"', "c"]],
    ["a value left out", "\n0.6\n", "text/csv", [" ", "0.6"]],
    ["cells as they are written", "007\n1E5\n", "text/csv", ["007", "1E5"]],
    ["numbers of no named type", "0.5\n0.6\n", "text/plain", ["0.5", "0.6"]],
    [
      "JSON, as MLflow does",
      '{"predictions": [9007199254740993,\n"a"]}',
      "application/json",
      ["9007199254740993", '"a"'],
    ],
    ["a JSON list", "[[0.5, 2], [1]]", "application/json", ["[0.5, 2]", "[1]"]],
    ["a JSON list of the type CSV", "[0.5, 1]", "text/csv", ["0.5", "1"]],
    ["JSON lines", '0.5\n{"p":1}\n', "application/jsonlines", ["0.5", '{"p":1}']],
  ])("are read: %s", async (_what, body, type, lines) => {
    expect(await answered(["1", "2"], body, type)).toEqual(lines);
  });

  it.each([
    ["a line too few", "0.5\n", "text/csv", "LINE_COUNT_MISMATCH"],
    ["a line too many", "0.5\n0.6\n0.7", "text/csv", "LINE_COUNT_MISMATCH"],
    ["a line of names", "score\n0.5\n0.6\n", "text/csv", "LINE_COUNT_MISMATCH"],
    ["too many on one line", "0.5,0.6,0.7", "text/csv", "LINE_COUNT_MISMATCH"],
    ["too few in a JSON list", '{"predictions":[1]}', "application/json", "PREDICTION_COUNT_MISMATCH"],
    ["a JSON object whose commas are as many as cells", '{"a":1,"b":2}', "text/csv", "RESPONSE_INVALID"],
    ["a message whose commas are as many as cells", "Error: bad input, try again", "text/csv", "LINE_COUNT_MISMATCH"],
    ["an error beside predictions", '{"error":"no","predictions":[1,2]}', "application/json", "ROW_FAILED"],
    ["broken JSON", '{"predictions":[1, 2', "application/json", "RESPONSE_INVALID"],
    ["a page", "<html>\n</html>", "text/html", "RESPONSE_INVALID"],
    ["an error message with as many lines as rows", "Traceback\noops", "text/plain", "RESPONSE_INVALID"],
    ["a reported error", '{"error":"no model"}', "application/json", "ROW_FAILED"],
  ])("fail all rows of their request: %s", async (_what, body, type, code) => {
    expect(await answered(["1", "2"], body, type)).toEqual([failed(code), failed(code)]);
  });

  it("keep a NaN, of which the other cells say what it is, unless it is to be null", async () => {
    expect(await answered(["1", "2"], "nan\n0.6\n")).toEqual(["nan", "0.6"]);
    expect(await answered(["1", "2"], "nan\n0.6\n", "text/csv", { non_finite: "as_null" })).toEqual([" ", "0.6"]);
  });
});

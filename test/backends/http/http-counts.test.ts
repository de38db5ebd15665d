import { describe, expect, it } from "vitest";
import { rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

describe("a count that a server gives whatever it is sent", () => {
  it("is no evidence: two outputs instead of one prediction per row", async () => {
    const server = await startModelServer((received, response) => {
      const xs = rowsOf(received).map(({ x }) => x);
      response.end(JSON.stringify({ predictions: [xs.map((x) => [x, 1 - x]), xs.map((x) => [x / 2, 1])] }));
    });
    const lines32 = [instancesLine(32), instancesLine(32, 32), instancesLine(2, 64)];
    const { lines, events } = await scoreOverHttp({ url: server.url, concurrency: 1 }, [lines32], { batchSize: 32 });
    for (const line of lines) {
      const { predictions = [], error } = JSON.parse(line) as { predictions?: object[]; error?: object };
      expect(error !== undefined || predictions.every((each) => "error" in each)).toBe(true);
    }
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toEqual([
      { type: "warning", message: expect.stringContaining("a request of 32 rows with 2 entries") },
    ]);
  });

  it("is no evidence in CSV: the first row alone, with as many cells as a part has rows", async () => {
    const server = await startModelServer(({ body }, response) => {
      response.writeHead(200, { "content-type": "text/csv" }).end(`${body.split("\n")[0]},0.25,0.5\n`);
    });
    const rows = Array.from({ length: 24 }, (_, x) => String(x));
    const { lines } = await scoreOverHttp({ url: server.url }, [rows], { protocol: "csv", batchSize: 24 });
    // Single rows are believed, and theirs are three cells.
    expect(lines.filter((line, x) => line !== `${x},0.25,0.5` && !line.includes('"error"'))).toEqual([]);
  });

  it("is no evidence for tensors: an output of another length than the others", async () => {
    const server = await startModelServer(({ body }, response) => {
      const { inputs } = JSON.parse(body);
      const score = { name: "score", datatype: "INT64", shape: inputs[0].shape, data: inputs[0].data };
      const classes = { name: "classes", datatype: "BYTES", shape: [3], data: ["a", "b", "c"] };
      response.end(JSON.stringify({ outputs: [score, classes] }));
    });
    const data = Array.from({ length: 48 }, (_, x) => x);
    const request = JSON.stringify({ inputs: [{ name: "x", shape: [48, 1], datatype: "INT64", data }] });
    const { lines } = await scoreOverHttp({ url: server.url }, [[request]], { protocol: "open_inference" });
    const predictions = JSON.parse(lines[0] ?? "") as object[];
    expect(predictions).toHaveLength(48);
    expect(predictions.filter((each) => !("error" in each))).toEqual([]);
  });

  it("still lets the other rows pass where a model drops one", async () => {
    const server = await startModelServer((received, response) => {
      const kept = rowsOf(received).filter(({ x }) => x !== 5);
      response.end(JSON.stringify({ predictions: kept.map(({ x }) => x) }));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(40)]]);
    const { predictions } = JSON.parse(lines[0] ?? "") as { predictions: unknown[] };
    expect(predictions.map((each, x) => each === x)).toEqual(predictions.map((_, x) => x !== 5));
  });
});

import { describe, expect, it } from "vitest";
import { bindProtocol } from "../../../src/core/protocols/bind-protocol.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../../src/core/protocols/request-options.ts";
import { predict, rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

/** A server that answers 400 to a request with one of these rows. */
function refusing(bad: (x: number) => boolean) {
  return startModelServer((received, response) => {
    if (rowsOf(received).some((row) => bad(row.x))) response.writeHead(400).end("no");
    else response.end(predict(received));
  });
}

function failedRows(line: string | undefined): number[] {
  const { predictions }: { predictions: unknown[] } = JSON.parse(line!);
  return predictions.flatMap((prediction, i) => (typeof prediction === "object" ? [i] : []));
}

describe("isolating bad rows", () => {
  it("finds scattered bad rows among five hundred, and scores the rest", async () => {
    const bad = [0, 77, 78, 499];
    const server = await refusing((x) => bad.includes(x));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(500)]]);
    expect(failedRows(lines[0])).toEqual(bad);
    expect(JSON.parse(lines[0]!).predictions.filter((p: unknown) => typeof p === "number")).toHaveLength(496);
  });

  it.each([
    ["first", (x: number) => x < 180],
    ["last", (x: number) => x >= 320],
    ["middle", (x: number) => x >= 160 && x < 340],
  ])("scores nearly all good rows where the %s 180 of 500 are bad", async (_, bad) => {
    const server = await refusing(bad);
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(500)]]);
    const failed = failedRows(lines[0]);
    // The rows that are still together when the budget is spent are at the border of the bad rows.
    expect(failed.filter(bad)).toHaveLength(180);
    expect(failed.length).toBeLessThan(185);
  });

  it("keeps every byte of the rows and predictions that it takes apart", async () => {
    const rows = [
      '{"x":9007199254740993}',
      '{"x":1.0}',
      '{"x":"],[{\\"\\\\"}',
      '{"x":[{"y":[]}]}',
      '{"x":-0.0e10}',
      '{"bad":1}',
    ];
    const server = await startModelServer(({ body }, response) => {
      if (body.includes("bad")) response.writeHead(422).end();
      else response.end(body.replace("instances", "predictions"));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[`{"instances":[${rows.join(",")}]}`]]);
    expect(lines[0]).toContain(`{"predictions":[${rows.slice(0, 5).join(",")},{"error":`);
  });

  it("sends the parameters with every part of a request", async () => {
    const tail = '],"params":{"t":[1,"]"]}}';
    const server = await startModelServer((received, response) => {
      if (!received.body.endsWith(tail) || received.body.includes('"x":1}')) response.writeHead(422).end();
      else response.end(predict(received));
    });
    const line = instancesLine(4).replace("]}", tail);
    const protocol = bindProtocol("instances", { ...DEFAULT_REQUEST_OPTIONS, params: { t: [1, "]"] } });
    const { lines } = await scoreOverHttp({ url: server.url }, [[line]], { protocol });
    expect(failedRows(lines[0])).toEqual([1]);
  });

  it("sends the column names with every part of a dataframe_split request", async () => {
    const line = '{"dataframe_split":{"columns":["a]","data"],"data":[[1,"x"],[2,null],[3,"],["]]}}';
    const server = await startModelServer(({ body }, response) => {
      const { columns, data } = JSON.parse(body).dataframe_split;
      if (data.some((row: unknown[]) => row[1] === null)) response.writeHead(400).end();
      else response.end(JSON.stringify({ predictions: data.map((row: unknown[]) => [...columns, row[0]]) }));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[line]], { protocol: "dataframe_split" });
    expect(JSON.parse(lines[0]!).predictions).toEqual([
      ["a]", "data", 1],
      { error: expect.objectContaining({ code: "BACKEND_REFUSED" }) },
      ["a]", "data", 3],
    ]);
  });

  it("takes line-oriented requests apart, too", async () => {
    const server = await startModelServer(({ body }, response) => {
      const rows = body.split("\n");
      if (rows.includes('{"x":3}')) response.writeHead(500).end();
      else response.end(rows.join("\n"));
    });
    const rows = Array.from({ length: 8 }, (_, x) => `{"x":${x}}`);
    const { lines } = await scoreOverHttp({ url: server.url }, [rows], { protocol: "json_lines", batchSize: 8 });
    expect(lines.map((line) => "error" in JSON.parse(line))).toEqual(rows.map((_, x) => x === 3));
  });

  it("finds the row whose prediction is NaN", async () => {
    const server = await startModelServer(
      (received, response) =>
        void response.end(`{"predictions":[${rowsOf(received).map((row) => (row.x === 5 ? "NaN" : row.x))}]}`),
    );
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(9)]]);
    expect(failedRows(lines[0])).toEqual([5]);
  });

  it("finds the row that the model drops from its answer", async () => {
    const server = await startModelServer((received, response) => {
      const kept = rowsOf(received).filter((row) => row.x !== 2);
      response.end(JSON.stringify({ predictions: kept.map((row) => row.x) }));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(6)]], { batchSize: 6 });
    expect(JSON.parse(lines[0]!).predictions[2]).toMatchObject({ error: { code: "PREDICTION_COUNT_MISMATCH" } });
    expect(failedRows(lines[0])).toEqual([2]);
  });

  it("reports the count of the whole request, and the answer to the row alone", async () => {
    const server = await startModelServer((received, response) => {
      const kept = rowsOf(received).filter(({ x }) => x !== 3);
      response.end(JSON.stringify({ predictions: kept.map(({ x }) => x) }));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(50)]]);
    expect(JSON.parse(lines[0]!).predictions[3].error.message).toBe(
      "The server answered with 49 predictions to 50 rows; it must answer each row once, in order. Sent alone, this row got 0 predictions.",
    );
  });

  it.each([400, 500])("counts every time that a bad row was sent, after status %i", async (status) => {
    const server = await startModelServer((received, response) => {
      if (rowsOf(received).some(({ x }) => x === 1)) response.writeHead(status).end("boom");
      else response.end(predict(received));
    });
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(8)]]);
    const sent = server.received.filter((received) => rowsOf(received).some(({ x }) => x === 1));
    expect(JSON.parse(lines[0]!).predictions[1]).toEqual({
      error: { code: "BACKEND_REFUSED", message: `The request failed: status ${status}: boom.`, attempts: sent.length },
    });
    expect(sent.map((received) => rowsOf(received).length)).toEqual(status === 500 ? [8, 8, 4, 2, 1] : [8, 4, 2, 1]);
  });

  it("halves a request whose answer is too large", async () => {
    const server = await startModelServer(
      (received, response) =>
        void response.end(JSON.stringify({ predictions: rowsOf(received).map(() => "a".repeat(1000)) })),
    );
    const { lines } = await scoreOverHttp({ url: server.url, max_response_bytes: 3000 }, [[instancesLine(8)]]);
    expect(JSON.parse(lines[0]!).predictions).toEqual(Array.from({ length: 8 }, () => "a".repeat(1000)));
  });

  it("costs a dead model a few requests a line, not two a row", async () => {
    const server = await refusing(() => true);
    const lines = Array.from({ length: 40 }, (_, i) => instancesLine(500, i * 500));
    const scored = await scoreOverHttp({ url: server.url }, [lines]);
    expect(scored.lines).toHaveLength(40);
    expect(server.received.length).toBeLessThan(40 + 7 * 41);
    expect(scored.lines[0]).toContain("were not found");
  });

  it("leaves a failed line whole where the job says so", async () => {
    const server = await refusing((x) => x === 3);
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(8)]], { isolateFailedRows: false });
    expect(JSON.parse(lines[0]!)).toEqual({ error: expect.objectContaining({ code: "BACKEND_REFUSED" }) });
    expect(server.received).toHaveLength(1);
  });

  it("does not take a login page for the fault of rows", async () => {
    const server = await startModelServer((_, response) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    );
    await scoreOverHttp({ url: server.url }, [[instancesLine(8)]]);
    expect(server.received).toHaveLength(1);
  });
});

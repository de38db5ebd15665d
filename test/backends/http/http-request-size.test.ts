import { describe, expect, it } from "vitest";
import { predict, rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const lines = (count: number, rows: number) => Array.from({ length: count }, (_, i) => instancesLine(rows, i * rows));
const right = (count: number, rows: number) =>
  Array.from(
    { length: count },
    (_, i) => `{"predictions":[${Array.from({ length: rows }, (_each, j) => i * rows + j)}]}`,
  );
const warningsOf = (events: readonly { readonly type: string }[]) => events.filter(({ type }) => type === "warning");

/** A server that answers requests of more than `most` rows in its own way. */
function startSmallServer(most: number, tooMany: Parameters<typeof startModelServer>[0]) {
  return startModelServer((received, response) => {
    if (rowsOf(received).length > most) tooMany(received, response);
    else response.end(predict(received));
  });
}

describe("a server that rejects large requests with 413", () => {
  it("is sent smaller ones for the rest of the run, and the run says once which", async () => {
    const server = await startSmallServer(32, (received, response) => {
      response.writeHead(413).end(`batch size ${rowsOf(received).length} > maximum allowed batch size 32`);
    });
    const scored = await scoreOverHttp({ url: server.url }, [lines(20, 500)]);
    expect(scored.lines).toEqual(right(20, 500));
    expect(server.received.filter((received) => rowsOf(received).length > 32).length).toBeLessThan(25);
    expect(server.received.length).toBeLessThan(370);
    expect(warningsOf(scored.events)).toEqual([
      {
        type: "warning",
        message: expect.stringMatching(
          /takes requests of 31 rows, but not of 6[23]: .*status 413: batch size \d+ > maximum.*Set requests\.batch_size: 31 /,
        ),
      },
    ]);
  });

  it.each([
    ["first", 0],
    ["middle", 130],
    ["last", 499],
  ])(
    "because one row alone has too many bytes, loses that row and keeps the size of the others: the %s",
    async (_, at) => {
      const server = await startModelServer((received, response) => {
        if (received.body.length > 100_000) response.writeHead(413).end("<h1>413 Request Entity Too Large</h1>");
        else response.end(predict(received));
      });
      const large = instancesLine(500).replace(`{"x":${at}}`, `{"x":${at},"t":"${"a".repeat(200_000)}"}`);
      const { lines: scored } = await scoreOverHttp({ url: server.url, concurrency: 1 }, [[large, ...lines(40, 500)]]);
      const { predictions } = JSON.parse(scored[0]!);
      expect(predictions.filter((each: unknown) => typeof each === "object")).toHaveLength(1);
      expect(predictions[at].error.message).toContain("status 413");
      const last = server.received.at(-1)!;
      expect(rowsOf(last).length).toBeGreaterThanOrEqual(250);
    },
  );

  it("finds the limit of bytes where rows have different sizes, and names max_request_bytes", async () => {
    const server = await startModelServer((received, response) => {
      if (received.body.length > 40_000) response.writeHead(413).end();
      else response.end(predict(received));
    });
    const wide = (first: number) =>
      `{"instances":[${Array.from({ length: 100 }, (_, i) => `{"x":${first + i},"t":"${"a".repeat(1000)}"}`)}]}`;
    const given = [instancesLine(100), ...Array.from({ length: 10 }, (_, i) => wide(100 * (i + 1)))];
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1 }, [given]);
    expect(scored.lines).toEqual(right(11, 100));
    expect(warningsOf(scored.events)).toEqual([
      { type: "warning", message: expect.stringContaining("Set backend.max_request_bytes: ") },
    ]);
  });

  it("ends the run if it takes not even single rows", async () => {
    const server = await startModelServer((_, response) => response.writeHead(413).end());
    const run = scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(40, 500)]);
    await expect(run).rejects.toMatchObject({
      code: "BACKEND_REFUSED",
      message: expect.stringContaining("not even a single row"),
    });
    expect(server.received.length).toBeLessThan(20);
  });
});

describe("a server that fails at large requests in another way", () => {
  const ways: Record<string, Parameters<typeof startModelServer>[0]> = {
    "status 400": (_, response) => response.writeHead(400).end("batch size 8 is the most"),
    "status 422": (_, response) => response.writeHead(422).end("List should have at most 8 items"),
    "status 500": (_, response) => response.writeHead(500).end("CUDA out of memory"),
    "one prediction for all rows": (_, response) => response.end('{"predictions":[1]}'),
    "the first row alone": (received, response) =>
      response.end(
        JSON.stringify({
          predictions: rowsOf(received)
            .slice(0, 1)
            .map(({ x }) => x),
        }),
      ),
    "status 504": (_, response) => response.writeHead(504).end(),
    "status 502": (_, response) => response.writeHead(502).end(),
    "a reset": ({ request }) => void request.socket.resetAndDestroy(),
  };

  it.each(
    Object.keys(ways).flatMap(
      (way) =>
        [
          [way, 8],
          [way, 1],
        ] as const,
    ),
  )("is found out after a few requests, and named once: %s for more than %i", async (way, most) => {
    const server = await startSmallServer(most, ways[way]!);
    const scored = await scoreOverHttp({ url: server.url }, [lines(100, 100)]);
    expect(scored.lines).toEqual(right(100, 100));
    const needed = Math.ceil(100 / most) * 100;
    expect(server.received.length).toBeLessThan(1.4 * needed + 300);
    const said = warningsOf(scored.events).filter(
      (event) => "message" in event && String(event.message).includes("batch_size:"),
    );
    expect(said).toEqual([
      { type: "warning", message: expect.stringMatching(/Set requests\.batch_size: [1-8] for the next run/) },
    ]);
  });

  it("is not blamed for its size when it has passed a request as large", async () => {
    const server = await startModelServer((received, response) => {
      // Every second request fails, whatever it holds.
      if (received.number % 2 === 0) response.writeHead(400).end("now and then");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(60, 64)]);
    expect(warningsOf(scored.events)).toEqual([]);
    expect(server.received.filter((received) => rowsOf(received).length === 64)).toHaveLength(60);
  });

  it("is distinguished from bad rows", async () => {
    const server = await startModelServer((received, response) => {
      if (rowsOf(received).some(({ x }) => x % 50 === 7)) response.writeHead(400).end("bad row");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(20, 100)]);
    const failed = scored.lines.flatMap((line) =>
      JSON.parse(line).predictions.filter((each: unknown) => typeof each === "object"),
    );
    expect(failed).toHaveLength(40);
    expect(server.received.filter((received) => rowsOf(received).length === 100)).toHaveLength(20);
    expect(warningsOf(scored.events)).toEqual([]);
  });

  it("by being too slow: its requests are sent in halves and not again", async () => {
    const server = await startSmallServer(8, () => undefined);
    const scored = await scoreOverHttp({ url: server.url, headers_timeout_s: 0.2, concurrency: 2 }, [lines(20, 32)]);
    expect(scored.lines).toEqual(right(20, 32));
    expect(server.received.filter((received) => rowsOf(received).length > 8).length).toBeLessThan(15);
  });
});

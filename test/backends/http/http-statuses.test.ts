import { describe, expect, it } from "vitest";
import { DEFAULT_STATUS_POLICY } from "../../../src/backends/http/index.ts";
import { predict, rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const lines = (count: number, rows: number) => Array.from({ length: count }, (_, i) => instancesLine(rows, i * rows));

function failedRows(scored: readonly string[]): number[] {
  const predictions: unknown[] = scored.flatMap((line) => {
    const parsed = JSON.parse(line);
    return parsed.predictions ?? [parsed];
  });
  return predictions.flatMap((prediction, i) => (typeof prediction === "object" ? [i] : []));
}

describe("a rejection that may be of a row or of the job", () => {
  it.each([403, 404, 406, 415, 422])("is of the rows, status %i, if others pass", async (status) => {
    const bad = [0, 30, 59];
    const server = await startModelServer((received, response) => {
      if (rowsOf(received).some(({ x }) => bad.includes(x))) response.writeHead(status).end("blocked");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url }, [[instancesLine(60)]]);
    expect(failedRows(scored.lines)).toEqual(bad);
  });

  it.each([403, 404, 415])("is of the rows, status %i, if they are alone in their requests", async (status) => {
    const server = await startModelServer((received, response) => {
      if (rowsOf(received).some(({ x }) => x < 2 || x === 9)) response.writeHead(status).end("blocked");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(2, 1), lines(20, 1).slice(2)]);
    expect(failedRows(scored.lines)).toEqual([0, 1, 9]);
  });

  it.each([403, 404, 406, 415, 422])(
    "is of the job, status %i, if none passes: a few requests show it",
    async (status) => {
      const server = await startModelServer((_, response) => response.writeHead(status).end());
      const run = scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(1000, 500)]);
      await expect(run).rejects.toMatchObject({ code: "BACKEND_REFUSED", facts: { status } });
      expect(server.received.length).toBeLessThan(8);
    },
  );

  it("is of the job if there is a single row in all, and no shard is reported as scored before", async () => {
    const server = await startModelServer((_, response) => response.writeHead(403).end());
    const run = scoreOverHttp({ url: server.url }, [[instancesLine(1)], [instancesLine(1, 1)]]);
    await expect(run).rejects.toMatchObject({
      code: "BACKEND_REFUSED",
      message: expect.stringContaining("credentials"),
    });
  });

  it("is of the job where requests are not taken apart, too", async () => {
    const server = await startModelServer((_, response) => response.writeHead(404).end());
    const run = scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(1000, 5)], { isolateFailedRows: false });
    await expect(run).rejects.toMatchObject({ code: "BACKEND_REFUSED" });
    expect(server.received.length).toBeLessThan(8);
  });
});

describe("what a gateway answers in the place of its server", () => {
  it.each([502, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530])(
    "is tried again: status %i",
    async (status) => {
      const server = await startModelServer((received, response) => {
        if (received.number === 1) response.writeHead(status).end("<html>error code</html>");
        else response.end(predict(received));
      });
      const scored = await scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
      expect(scored.lines).toEqual(['{"predictions":[0,1]}']);
    },
  );
});

describe("a server that asks for patience", () => {
  /** Answers the first requests with 429 or 503. */
  const startLimited = (rejections: number, status: number, headers: Record<string, string> = {}) =>
    startModelServer((received, response) => {
      if (received.number <= rejections) response.writeHead(status, headers).end("quota exceeded");
      else response.end(predict(received));
    });
  const sum = (waits: readonly number[]) => waits.reduce((all, each) => all + each, 0);

  it("is not asked again at once after Retry-After: 0", async () => {
    const server = await startLimited(12, 429, { "retry-after": "0" });
    const { lines: scored, waits } = await scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
    expect(scored).toEqual(['{"predictions":[0,1]}']);
    expect(sum(waits)).toBeGreaterThan(5000);
  });

  it("is waited for by time with 429, whatever the number of tries, and the run says once what to set", async () => {
    const server = await startLimited(25, 429);
    const { lines: scored, events } = await scoreOverHttp({ url: server.url, max_attempts: 2 }, [[instancesLine(2)]]);
    expect(scored).toEqual(['{"predictions":[0,1]}']);
    expect(events.filter(({ type }) => type === "warning")).toEqual([
      {
        type: "warning",
        message: expect.stringMatching(/limits the rate.*status 429: quota exceeded.*requests_per_second/),
      },
    ]);
  });

  it("loses no row when other requests pass meanwhile", async () => {
    let passed = 0;
    const server = await startModelServer((received, response) => {
      // One in ten gets through.
      if (received.number % 10 !== 0) response.writeHead(429).end();
      else {
        passed += 1;
        response.end(predict(received));
      }
    });
    const scored = await scoreOverHttp({ url: server.url, max_attempts: 2, request_timeout_s: 1_000_000 }, [
      lines(40, 3),
    ]);
    expect(failedRows(scored.lines)).toEqual([]);
    expect(passed).toBe(40);
  });

  it("ends the run after request_timeout_s of 429 to everybody, and names the settings", async () => {
    const server = await startLimited(100_000, 429);
    const waits: number[] = [];
    const onWait = (milliseconds: number) => waits.push(milliseconds);
    const run = scoreOverHttp({ url: server.url, request_timeout_s: 300 }, [[instancesLine(2)]], { onWait });
    await expect(run).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringMatching(/status 429.*`requests_per_second`.*`request_timeout_s`/),
    });
    expect(sum(waits)).toBeGreaterThan(270_000);
  });

  it("is waited for by time with 503 and Retry-After while it scales from zero", async () => {
    const server = await startLimited(10, 503, { "retry-after": "5" });
    const { lines: scored, waits } = await scoreOverHttp({ url: server.url, max_attempts: 2 }, [[instancesLine(2)]]);
    expect(scored).toEqual(['{"predictions":[0,1]}']);
    expect(waits).toEqual(Array.from({ length: 10 }, () => 5000));
  });

  it("is given the time that it asks for beyond unreachable_timeout_s, once", async () => {
    const server = await startLimited(1, 503, { "retry-after": "90" });
    const { lines: scored } = await scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
    expect(scored).toEqual(['{"predictions":[0,1]}']);
  });

  it("names unreachable_timeout_s when it is still starting after it", async () => {
    const server = await startLimited(100_000, 503);
    const run = scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining("`unreachable_timeout_s`") });
  });
});

describe("a kept connection that the server closes", () => {
  it("costs one try, without a wait", async () => {
    let onConnection = 0;
    const server = await startModelServer((received, response) => {
      const { socket } = received.request;
      onConnection = Number(Reflect.get(socket, "requests") ?? 0) + 1;
      Reflect.set(socket, "requests", onConnection);
      if (onConnection > 1) socket.resetAndDestroy();
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1 }, [lines(50, 2)]);
    expect(failedRows(scored.lines)).toEqual([]);
    expect(scored.waits.filter((wait) => wait > 0)).toEqual([]);
  });
});

describe("a backend's own policy", () => {
  it("decides before the default one", async () => {
    const server = await startModelServer((received, response) => {
      if (received.number <= 3) response.writeHead(418).end("loading");
      else if (rowsOf(received).length > 2) response.writeHead(409).end("too many");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url }, [[instancesLine(4)]], {
      statusPolicy: [
        { statuses: ["418"], fault: "server", again: "while-away" },
        { statuses: ["400-409"], fault: "size", again: "never" },
        ...DEFAULT_STATUS_POLICY,
      ],
    });
    expect(scored.lines).toEqual(['{"predictions":[0,1,2,3]}']);
  });
});

import { describe, expect, it } from "vitest";
import { predict, rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const ONE_LINE = [[instancesLine(2)]];

describe("trying again", () => {
  it.each([408, 425, 429, 500, 502, 503, 504])("gets past one answer with status %i", async (status) => {
    const server = await startModelServer((received, response) => {
      if (received.number === 1) response.writeHead(status).end("busy");
      else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url }, ONE_LINE);
    expect(scored.lines).toEqual(['{"predictions":[0,1]}']);
    expect(scored.retries).toBe(1);
    expect(scored.events).toContainEqual(
      expect.objectContaining({
        type: "retry",
        shard: 0,
        attempt: 2,
        reason: expect.stringContaining(`status ${status}`),
      }),
    );
  });

  it("waits as long as Retry-After says, in seconds or as a date", async () => {
    const now = Date.parse("2024-02-29T12:00:00Z");
    const answers = ["7", "Thu, 29 Feb 2024 12:00:30 GMT"];
    const server = await startModelServer((received, response) => {
      const retryAfter = answers[received.number - 1];
      if (retryAfter === undefined) response.end(predict(received));
      else response.writeHead(429, { "retry-after": retryAfter }).end();
    });
    const { waits, lines } = await scoreOverHttp({ url: server.url }, ONE_LINE, { now });
    expect(waits).toEqual([7000, 23_000]);
    expect(lines).toEqual(['{"predictions":[0,1]}']);
  });

  it("gives up at once when Retry-After goes beyond request_timeout_s", async () => {
    const server = await startModelServer((_, response) => response.writeHead(503, { "retry-after": "86400" }).end());
    await expect(scoreOverHttp({ url: server.url, request_timeout_s: 60 }, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
    });
    expect(server.received).toHaveLength(1);
  });

  it("sends rows that were answered with 500 twice and no more", async () => {
    const server = await startModelServer((_, response) => response.writeHead(500).end("boom"));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ error: { code: "BACKEND_REFUSED", attempts: 2 } });
    expect(server.received).toHaveLength(2);
  });

  it.each([400, 409])("never sends again what was answered with %i", async (status) => {
    const server = await startModelServer((_, response) => response.writeHead(status).end('{"message":"bad column"}'));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    expect(JSON.parse(lines[0]!).error.message).toContain(`status ${status}: bad column`);
    expect(server.received).toHaveLength(1);
  });

  it("sends again when the connection closes in the middle of the body", async () => {
    const server = await startModelServer((received, response) => {
      if (received.number > 1) {
        response.end(predict(received));
        return;
      }
      response.writeHead(200, { "content-length": 100 });
      response.write('{"pre', () => response.destroy());
    });
    const scored = await scoreOverHttp({ url: server.url }, ONE_LINE);
    expect(scored.lines).toEqual(['{"predictions":[0,1]}']);
    expect(scored.retries).toBe(1);
  });
});

describe("a server that is of no use", () => {
  it.each([
    [401, "credentials"],
    [403, "credentials"],
    [404, "Check `url`"],
    [405, "`method`"],
    [415, "model.protocol"],
  ])("ends the run at status %i, with the fix", async (status, fix) => {
    const server = await startModelServer((_, response) => response.writeHead(status).end());
    await expect(scoreOverHttp({ url: server.url, concurrency: 1 }, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_REFUSED",
      message: expect.stringContaining(fix),
      facts: { status },
    });
    // The request, and each of its rows alone: it could be the fault of one.
    expect(server.received.length).toBeLessThanOrEqual([401, 405].includes(status) ? 1 : 3);
  });

  it("ends the run where it redirects, and names the place without credentials", async () => {
    const location = "https://user:s3cret@login.example/start?token=s3cret";
    const server = await startModelServer((_, response) => response.writeHead(302, { location }).end());
    const failure = scoreOverHttp({ url: server.url }, ONE_LINE);
    await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("https://login.example/start") });
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining("s3cret") });
  });

  it("ends the run when nothing listens", async () => {
    const job = { url: "http://127.0.0.1:1/invocations" };
    await expect(scoreOverHttp(job, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringMatching(/after \d+ tries: .*ECONNREFUSED.*unreachable_timeout_s/),
      facts: { retryable: true },
    });
  });

  it("ends the run when every connection is dropped, and leaves no file", async () => {
    const server = await startModelServer(({ request }) => void request.socket.destroy());
    let files: string[] = ["unknown"];
    const onFiles = (names: string[]): void => {
      files = names;
    };
    const job = { url: server.url, max_attempts: 2 };
    await expect(scoreOverHttp(job, ONE_LINE, { onFiles })).rejects.toMatchObject({ code: "BACKEND_UNREACHABLE" });
    expect(files).toEqual([]);
  });

  it("ends the run when what listens there does not speak HTTP", async () => {
    const server = await startModelServer(({ request }) => request.socket.end("220 mail.example ready\r\n"));
    await expect(scoreOverHttp({ url: server.url, max_attempts: 2 }, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringContaining("does not match the HTTP/1.1 protocol"),
    });
  });

  it("ends the run when its answer trickles on beyond request_timeout_s", async () => {
    const server = await startModelServer((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(drip));
    });
    await expect(scoreOverHttp({ url: server.url, request_timeout_s: 0.3 }, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_TIMEOUT",
    });
  });

  it("ends the run when it never answers", async () => {
    const server = await startModelServer(() => undefined);
    await expect(scoreOverHttp({ url: server.url, request_timeout_s: 0.2 }, ONE_LINE)).rejects.toMatchObject({
      code: "BACKEND_TIMEOUT",
      message: expect.stringContaining("requests.batch_size"),
    });
  });

  it("blames the row that makes the server drop connections, when it answers others meanwhile", async () => {
    const server = await startModelServer((received, response) => {
      // Later than the answers to the others, which show that the server works.
      if (rowsOf(received).some((row) => row.x === 1)) setTimeout(() => received.request.socket.destroy(), 50);
      else response.end(predict(received));
    });
    const lines = [instancesLine(4), ...Array.from({ length: 20 }, (_, i) => instancesLine(4, 100 + 4 * i))];
    const scored = await scoreOverHttp({ url: server.url, max_attempts: 3, concurrency: 2 }, [lines]);
    const [first] = scored.lines.map((line) => JSON.parse(line).predictions);
    expect(first).toEqual([0, { error: expect.objectContaining({ code: "BACKEND_UNREACHABLE" }) }, 2, 3]);
  });

  it("does not print a header's value that the server repeats", async () => {
    const server = await startModelServer(({ request }, response) =>
      response.writeHead(400).end(request.headers.authorization),
    );
    const job = { url: server.url, headers: { authorization: "Bearer s3cret-token" } };
    const { lines } = await scoreOverHttp(job, [[instancesLine(1)]]);
    expect(lines[0]).toContain("***");
    expect(lines[0]).not.toContain("s3cret");
  });
});

describe("pace", () => {
  it("spreads requests_per_second evenly", async () => {
    const server = await startModelServer((received, response) => response.end(predict(received)));
    const lines = Array.from({ length: 4 }, () => instancesLine(1));
    const { waits } = await scoreOverHttp({ url: server.url, requests_per_second: 10, concurrency: 1 }, [lines]);
    expect(waits).toEqual([100, 100, 100]);
  });
});

describe("a server that has too much to do", () => {
  /** Answers 503 to whatever comes while `room` requests are at work, each for 5 ms. */
  const startCrowdedServer = async (room: number) => {
    const seen = { most: 0, refused: 0 };
    let working = 0;
    const server = await startModelServer((received, response) => {
      seen.most = Math.max(seen.most, working + 1);
      if (working >= room) {
        seen.refused += 1;
        response.writeHead(503).end("No worker is available");
        return;
      }
      working += 1;
      setTimeout(() => {
        working -= 1;
        response.end(predict(received));
      }, 5);
    });
    return { ...server, seen };
  };

  it.each([1, 10])("loses no row though it takes %i requests at once and is sent 100", async (room) => {
    const server = await startCrowdedServer(room);
    const lines = Array.from({ length: 400 }, (_, i) => instancesLine(1, i));
    const scored = await scoreOverHttp({ url: server.url, concurrency: 100 }, [lines]);
    expect(scored.lines).toEqual(lines.map((_, i) => `{"predictions":[${i}]}`));
  });

  it("is sent fewer requests at once, so that it refuses few", async () => {
    const server = await startCrowdedServer(20);
    const lines = Array.from({ length: 2000 }, (_, i) => instancesLine(1, i));
    await scoreOverHttp({ url: server.url, concurrency: 100 }, [lines]);
    expect(server.seen.refused).toBeLessThan(600);
  });

  it("is given up when it rejects every request for unreachable_timeout_s", async () => {
    const server = await startModelServer((_, response) => response.writeHead(503).end("down"));
    const run = scoreOverHttp({ url: server.url, max_attempts: 4, concurrency: 3 }, [[instancesLine(1)]]);
    await expect(run).rejects.toMatchObject({ code: "BACKEND_UNREACHABLE" });
    expect(server.received.length).toBeGreaterThan(10);
  });
});

describe("a server that is away", () => {
  const down = { url: "http://127.0.0.1:1/invocations" };

  it.each([
    [60, {}],
    [7, { unreachable_timeout_s: 7 }],
  ])("is waited for by time: %i s, with pauses of 5 s at most", async (seconds, job) => {
    const waits: number[] = [];
    const run = scoreOverHttp({ ...down, ...job }, ONE_LINE, { onWait: (milliseconds) => waits.push(milliseconds) });
    await expect(run).rejects.toMatchObject({ code: "BACKEND_UNREACHABLE" });
    const waited = waits.reduce((sum, each) => sum + each, 0);
    expect(waited).toBeGreaterThanOrEqual(seconds * 1000);
    expect(waited).toBeLessThan(seconds * 1000 + 10);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5000);
  });

  it.each([502, 503, 504])("is waited for while it starts and answers %i, beyond max_attempts", async (status) => {
    const server = await startModelServer((received, response) => {
      if (received.number <= 12) response.writeHead(status).end();
      else response.end(predict(received));
    });
    const { lines, events } = await scoreOverHttp({ url: server.url, max_attempts: 2 }, ONE_LINE);
    expect(lines).toEqual(['{"predictions":[0,1]}']);
    const reported = events.filter(({ type }) => type === "warning" || type === "waiting" || type === "note");
    expect(reported).toEqual([
      { type: "warning", message: expect.stringMatching(/cannot be reached: status 50\d.*Waiting up to 60 s/) },
      { type: "waiting", waitingFor: new URL(server.url).origin, limitSeconds: 60 },
      { type: "note", message: expect.stringMatching(/answers after [\d.]+ s\.$/) },
      { type: "waiting", waitingFor: null, limitSeconds: 0 },
    ]);
  });

  it("is waited for when it resets every connection for a while", async () => {
    const server = await startModelServer((received, response) => {
      if (received.number <= 12) received.request.socket.destroy();
      else response.end(predict(received));
    });
    const { lines } = await scoreOverHttp({ url: server.url, max_attempts: 2 }, ONE_LINE);
    expect(lines).toEqual(['{"predictions":[0,1]}']);
  });

  it("is waited for 10 s at most where its host has no address, and the message says so", async () => {
    const waits: number[] = [];
    const run = scoreOverHttp({ url: "http://no-such-host.invalid/x" }, ONE_LINE, {
      onWait: (milliseconds) => waits.push(milliseconds),
    });
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining("The host has no address") });
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeLessThan(10_010);
  });
});

describe("what is reported of a failed request", () => {
  const traceback =
    'Traceback (most recent call last):\n  File "model.py", line 3, in predict\nValueError: the row 5 is poison\n';
  it.each([
    ["MLServer's traceback", traceback, "status 500: ValueError: the row 5 is poison."],
    [
      "MMS's message and traceback",
      `the row 5 is poison\n${traceback}`,
      "status 500: ValueError: the row 5 is poison.",
    ],
    [
      "MLflow's message and trace",
      JSON.stringify({ message: "Encountered an unexpected error.", stack_trace: traceback }),
      "status 500: ValueError: the row 5 is poison (Encountered an unexpected error.).",
    ],
    ["a sentence", "The model is tired.", "status 500: The model is tired."],
    ["no sentence", '{"detail":"tired"}', "status 500: tired."],
  ])("is the exception or the message, and ends as a sentence: %s", async (_, body, said) => {
    const server = await startModelServer((_received, response) => response.writeHead(500).end(body));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    expect(JSON.parse(lines[0]!).error.message).toBe(`The request failed after 2 tries: ${said}`);
  });
});

import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { Received } from "./support/model-server.ts";
import { rowsOf, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const MB = 1_000_000;
const REQUESTS = 8;
/** A request per line, each with one row. */
const SHARD = Array.from({ length: REQUESTS }, (_, row) => instancesLine(1, row));

/** A response of the given size in bytes, which begins with the number of its row. */
function large(received: Received, bytes: number): string {
  return `{"predictions":["${`${rowsOf(received)[0]?.x} `.padEnd(bytes, "x")}"]}`;
}

/** Runs `then` once the count has not changed for longer than a busy machine pauses. */
function whenStill(count: () => number, then: () => void): void {
  let last = -1;
  const timer = setInterval(() => {
    if (count() === last) {
      clearInterval(timer);
      then();
    }
    last = count();
  }, 3000);
}

function expectAllInOrder(lines: readonly string[]): void {
  const rows = lines.map((line) => Number.parseInt(JSON.parse(line).predictions[0], 10));
  expect(rows).toEqual(Array.from({ length: REQUESTS }, (_, row) => row));
}

test("requests are not sent while the responses that wait for an earlier one fill the memory", {
  timeout: 100_000,
}, async () => {
  let sentWhileWaiting = 0;
  const server = await startModelServer((received, response) => {
    if (received.number > 1) {
      response.end(large(received, 20 * MB));
      return;
    }
    whenStill(
      () => server.received.length,
      () => {
        sentWhileWaiting = server.received.length;
        response.end(large(received, 20 * MB));
      },
    );
  });
  const { lines } = await scoreOverHttp({ url: server.url, concurrency: 2 }, [SHARD]);
  expectAllInOrder(lines);
  // Of 64 MB, 4 responses of 20 MB.
  expect(sentWhileWaiting).toBe(5);
});

test("of responses that arrive at once, later ones are read on when earlier ones are complete", {
  timeout: 100_000,
}, async () => {
  let accepted = 0;
  let acceptedWhileWaiting = 0;
  const write = (response: ServerResponse, text: string): void => {
    const step = MB / 4;
    const next = (from: number): void => {
      if (from >= text.length) return void response.end();
      response.write(text.slice(from, from + step), () => {
        accepted += step;
        next(from + step);
      });
    };
    next(0);
  };
  const server = await startModelServer((received, response) => {
    if (received.number > 1) {
      write(response, large(received, 30 * MB));
      return;
    }
    whenStill(
      () => accepted,
      () => {
        acceptedWhileWaiting = accepted;
        write(response, large(received, 30 * MB));
      },
    );
  });
  const { lines } = await scoreOverHttp({ url: server.url, concurrency: REQUESTS }, [SHARD]);
  expectAllInOrder(lines);
  // 64 MB here, and what the system buffers for each connection.
  expect(acceptedWhileWaiting).toBeLessThan(160 * MB);
});

test("a server that gives up on a response that was held back costs neither the row nor one of its attempts", {
  timeout: 100_000,
}, async () => {
  let gaveUp = 0;
  const server = await startModelServer((received, response) => {
    const text = large(received, 20 * MB);
    if (rowsOf(received)[0]?.x === 0) {
      whenStill(
        () => gaveUp || Number.NaN,
        () => response.end(text),
      );
      return;
    }
    response.end(text);
    whenStill(
      () => response.socket?.writableLength ?? 0,
      () => {
        if (response.writableFinished) return;
        gaveUp += 1;
        response.destroy();
      },
    );
  });
  const { lines, retries } = await scoreOverHttp({ url: server.url, concurrency: REQUESTS, max_attempts: 1 }, [SHARD]);
  expectAllInOrder(lines);
  expect(retries).toBe(0);
  expect(server.received.length).toBeGreaterThan(REQUESTS);
});

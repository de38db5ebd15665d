import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Received = { readonly request: IncomingMessage; readonly body: string; readonly number: number };

/** A server whose every answer is the test's to write. Stopped with the test. */
export async function startModelServer(
  answer: (received: Received, response: ServerResponse) => unknown,
): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const entry = { request, body: Buffer.concat(pieces).toString(), number: received.length + 1 };
      received.push(entry);
      answer(entry, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`, received };
}

/** The rows of an `instances` request. */
export function rowsOf(received: Received): { readonly x: number }[] {
  return JSON.parse(received.body).instances;
}

/** A right answer: each row's x. */
export function predict(received: Received): string {
  return JSON.stringify({ predictions: rowsOf(received).map((row) => row.x) });
}

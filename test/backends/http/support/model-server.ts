import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";

export type Received = { readonly request: IncomingMessage; readonly body: string; readonly number: number };

export type ServerPlace = {
  /** Where it listens. */
  readonly host?: string;
  /** The host of its URL, if it is another. */
  readonly name?: string;
  /** With a certificate and its key it speaks TLS. */
  readonly tls?: TlsOptions;
};

/** A server whose every answer is the test's to write. Stopped with the test. */
export async function startModelServer(
  answer: (received: Received, response: ServerResponse) => unknown,
  { host = "127.0.0.1", name = host.includes(":") ? `[${host}]` : host, tls }: ServerPlace = {},
): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const entry = { request, body: Buffer.concat(pieces).toString(), number: received.length + 1 };
      received.push(entry);
      answer(entry, response);
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const scheme = tls === undefined ? "http" : "https";
  return { url: `${scheme}://${name}:${(server.address() as AddressInfo).port}/invocations`, received };
}

/** The rows of an `instances` request. */
export function rowsOf(received: Received): { readonly x: number }[] {
  return JSON.parse(received.body).instances;
}

/** A right answer: each row's x. */
export function predict(received: Received): string {
  return JSON.stringify({ predictions: rowsOf(received).map((row) => row.x) });
}

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export type Row = { readonly n: number };

/** What is sent in the place of a right answer. */
export type Fault = {
  readonly status?: number;
  readonly type?: string;
  readonly body: string | Uint8Array;
};

/** A right prediction, as JSON: the row's key and a number that belongs to it alone. */
export const prediction = ({ n }: Row): string => `{"key":"key ${n}","score":${n * 2}.5}`;

/** The text of a right answer, whose predictions may be replaced one by one. */
export const answerTo = (rows: readonly Row[], predict: (row: Row) => string = prediction): string =>
  `{"predictions":[${rows.map(predict).join(",")}]}`;

/** A model server until the test ends; `spoil` answers wrongly where it gives a fault. Resolves to its URL. */
export async function startAnsweringServer(spoil: (rows: readonly Row[]) => Fault | null): Promise<string> {
  const server = createServer((request, response) => {
    respond(request, response, spoil).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  spoil: (rows: readonly Row[]) => Fault | null,
): Promise<void> {
  const rows: Row[] = JSON.parse((await buffer(request)).toString()).instances;
  const { status = 200, type = "application/json", body } = spoil(rows) ?? { body: answerTo(rows) };
  response.writeHead(status, { "content-type": type }).end(body);
}

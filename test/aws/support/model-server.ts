import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a container says to the body of one invocation. */
export type Answer = (
  body: string,
  headers?: IncomingHttpHeaders,
) => { readonly status?: number; readonly body: string };

export type ModelServer = { readonly url: string; readonly invocations: () => number; close(): void };

/** A container by its HTTP alone: healthy at once, with the given answers. */
export async function startModelServer(answer: Answer): Promise<ModelServer> {
  let invocations = 0;
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return void response.writeHead(request.url === "/ping" ? 200 : 404).end();
    invocations += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { status = 200, body } = answer(Buffer.concat(chunks).toString("utf8"), request.headers);
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    invocations: () => invocations,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

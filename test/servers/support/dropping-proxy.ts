import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type DroppingProxy = { readonly origin: string; stop(): Promise<void> };

/** A proxy before a real server that cuts the first `dropFirst` answers in the middle. Networks do this; servers cannot be made to. */
export async function startDroppingProxy(target: string, dropFirst: number): Promise<DroppingProxy> {
  let left = dropFirst;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? "POST",
      headers: Object.fromEntries(["content-type", "accept"].map((name) => [name, String(request.headers[name])])),
      body: await readAll(request),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "text/plain",
      "content-length": body.length,
    });
    left -= 1;
    if (left < 0) response.end(body);
    else response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

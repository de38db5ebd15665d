import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type EchoContainer = { readonly url: string; close(): void };

/** A container that answers what it is sent, while it is being sent. */
export async function startEchoContainer(): Promise<EchoContainer> {
  const server = createServer((request, response) => {
    if (request.url === "/invocations") request.pipe(response);
    else response.writeHead(request.url === "/ping" ? 200 : 404).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

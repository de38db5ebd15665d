import type { IncomingMessage, Server } from "node:http";
import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { TlsOptions } from "node:tls";
import { onTestFinished } from "vitest";
import { setEnvironment } from "../../../support/environment.ts";

export type ProxyOptions = {
  /** The status of a CONNECT, and of a request to carry on; 200 lets it through. */
  readonly status?: number;
  /** The name and password that it wants. */
  readonly credentials?: string;
  /** Where a host of the test's own making is: every connection goes there. */
  readonly target?: string;
  /** With a certificate its own address is https://. */
  readonly tls?: TlsOptions;
};

export type ProxyServer = {
  readonly origin: string;
  /** The first lines of what it was asked: `CONNECT model.test:443`. */
  readonly asked: string[];
};

/** An HTTP proxy, which tunnels (CONNECT) and carries on requests for addresses of http://. Stopped with the test. */
export async function startProxy({ status = 200, credentials, target, tls }: ProxyOptions = {}): Promise<ProxyServer> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const statusFor = ({ method, url, headers }: IncomingMessage): number => {
    asked.push(`${method} ${url}`);
    const wanted = `Basic ${Buffer.from(credentials ?? "").toString("base64")}`;
    return credentials === undefined || headers["proxy-authorization"] === wanted ? status : 407;
  };
  const server: Server = (tls === undefined ? createServer() : createTlsServer(tls)) as Server;
  server.on("connection", (socket: Socket) => open.add(socket));
  server.on("connect", (message: IncomingMessage, client: Socket) => {
    const found = statusFor(message);
    client.on("error", () => undefined);
    if (found !== 200) {
      client.end(`HTTP/1.1 ${found} No\r\ncontent-length: 2\r\n\r\nno`);
      return;
    }
    const { hostname, port } = new URL(`http://${target ?? message.url}`);
    const onward = connect(Number(port), hostname.replace(/^\[|\]$/g, ""), () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(client).pipe(onward);
    });
    open.add(onward);
    onward.on("error", () => client.destroy());
  });
  server.on("request", (message, response) => {
    const found = statusFor(message);
    if (found !== 200) {
      response.writeHead(found).end("<html>no</html>");
      return;
    }
    const { hostname, port, pathname } = new URL(message.url ?? "");
    const host = target ?? `${hostname}:${port}`;
    const { method, headers } = message;
    const onward = request(`http://${host}${pathname}`, { method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(response);
    });
    message.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const scheme = tls === undefined ? "http" : "https";
  return { origin: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The variables of proxies in the environment of the test, and no others. */
export function setProxies(variables: Readonly<Record<string, string>>): void {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
  setEnvironment({ ...Object.fromEntries(names.map((name) => [name, undefined])), ...variables });
}

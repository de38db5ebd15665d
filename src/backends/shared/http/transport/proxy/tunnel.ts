import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import { buildConnector, Client } from "undici";
import { connectionFault } from "../connection-fault.ts";
import { lookUp } from "../look-up.ts";
import type { HttpProxy } from "./proxy.ts";
import { credentials } from "./proxy.ts";
import { refusedTunnel, unreachableProxy } from "./proxy-faults.ts";

export type TunnelOptions = {
  /** Milliseconds until a connection is open. */
  readonly timeout: number;
  /** For the connection to the server. */
  readonly secureContext: SecureContext;
  /** For the connection to a proxy whose own address is https://. */
  readonly proxyContext: SecureContext;
};

/** Opens connections to an https:// server through a proxy, by CONNECT, so that the proxy cannot read them. */
export function tunnelTo(server: URL, proxy: HttpProxy, options: TunnelOptions): buildConnector.connector {
  const secure = buildConnector({ timeout: options.timeout, secureContext: options.secureContext });
  return (request, callback) => {
    openTunnel(server, proxy, options).then(
      (httpSocket) => secure({ ...request, httpSocket }, callback),
      (thrown: Error) => callback(thrown, null),
    );
  };
}

async function openTunnel(server: URL, proxy: HttpProxy, options: TunnelOptions): Promise<Socket> {
  const { timeout, proxyContext: secureContext } = options;
  const authority = `${server.hostname}:${server.port || 443}`;
  const lookup = lookUp(new URL(proxy.origin).hostname);
  const connect = { timeout, secureContext, ...(lookup === undefined ? {} : { lookup }) };
  const client = new Client(proxy.origin, { connect, headersTimeout: timeout });
  const headers = {
    host: authority,
    "user-agent": "scoreframe",
    ...credentials(proxy),
  };
  const { statusCode, socket } = await client.connect({ path: authority, headers }).catch(async (thrown: unknown) => {
    await client.destroy();
    throw connectionFault(unreachableProxy(proxy, server, thrown));
  });
  void client.close();
  if (statusCode >= 200 && statusCode < 300) return socket as Socket;
  socket.on("error", () => undefined).destroy();
  throw connectionFault(refusedTunnel(proxy, server, statusCode));
}

import type { buildConnector, Dispatcher } from "undici";
import { Pool } from "undici";
import { isConnectionFault } from "./connection-fault.ts";
import { lookUp } from "./look-up.ts";
import type { HttpProxy } from "./proxy/proxy.ts";
import { credentials, proxyFor } from "./proxy/proxy.ts";
import { unreachableProxy, wantsCredentials } from "./proxy/proxy-faults.ts";
import { tunnelTo } from "./proxy/tunnel.ts";
import { skippingInformational } from "./skip-informational.ts";
import { otherScheme } from "./tls/other-scheme.ts";
import type { TlsMaterial } from "./tls/tls-material.ts";
import { secureContext } from "./tls/tls-material.ts";
import type { TransportFault } from "./transport-fault.ts";
import { CLIENT_CERTIFICATE_SETTING, transportFault } from "./transport-fault.ts";

export type ConnectionOptions = {
  readonly url: string;
  readonly tls: TlsMaterial;
  /** `environment`: HTTPS_PROXY, HTTP_PROXY and NO_PROXY. `none`: never, as for a server of this machine. */
  readonly proxy: "environment" | "none";
  /** Most connections at once. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  readonly maxResponseBytes: number;
};

export type ServerRequest = {
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
};

/** Connections to one server, kept alive between requests, through a proxy if the environment names one. */
export type Connection = {
  /** Asks the path and query of the URL. */
  request(request: ServerRequest): Promise<Dispatcher.ResponseData>;
  /** Describes a failure. `begun`: whether the head of a response had arrived. */
  explain(thrown: unknown, begun: boolean): Promise<TransportFault>;
  /** What is wrong if the proxy answered instead of the server; null if it did not. */
  proxyFault(status: number): TransportFault | null;
  /** Of the proxy's address. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
};

/** Throws BACKEND_OPTIONS_INVALID if a variable of the environment is not the address of a proxy. */
export function connectTo(options: ConnectionOptions): Connection {
  const url = new URL(options.url);
  const proxy = options.proxy === "none" ? null : proxyFor(url);
  const isTunnel = proxy !== null && url.protocol === "https:";
  // For an http:// address the whole request goes to the proxy, which forwards it.
  const isForwarded = proxy !== null && !isTunnel;
  const pool = new Pool(isForwarded ? proxy.origin : url.origin, {
    connections: options.connections,
    pipelining: 1,
    connect: skippingInformational(connector(url, proxy, options)),
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
    maxResponseSize: options.maxResponseBytes,
  });
  const path = `${isForwarded ? url.origin : ""}${url.pathname}${url.search}`;
  const forwarded = isForwarded ? { host: url.host, ...credentials(proxy) } : {};
  let answered = false;
  let looked: Promise<TransportFault | null> | null = null;

  /** Runs once per session, and only for a server that has never answered. */
  async function lookAtScheme(): Promise<TransportFault | null> {
    if (answered || proxy !== null) return null;
    looked ??= otherScheme(url);
    return looked;
  }

  return {
    async request({ method, headers, body, signal }) {
      const reply = await pool.request({
        path,
        method,
        headers: isForwarded ? { ...forwarded, ...headers } : headers,
        ...(body === undefined ? {} : { body }),
        signal,
      });
      answered = true;
      return reply;
    },
    async explain(thrown, begun) {
      if (isConnectionFault(thrown)) return thrown.fault;
      const fault = transportFault(thrown, begun);
      if (isForwarded && (fault.kind === "refused" || fault.kind === "unknown-host" || fault.fix !== undefined))
        return unreachableProxy(proxy, url, thrown);
      const isNoConnection = fault.kind === "reset" || fault.kind === "dropped" || isConnectTimeout(thrown);
      return (isNoConnection ? await lookAtScheme() : null) ?? (answered ? fault : withHint(fault, url));
    },
    proxyFault: (status) => (isForwarded && status === 407 ? wantsCredentials(proxy) : null),
    secrets: proxy?.secrets ?? [],
    // The caller closes, so it does not need the requests in flight.
    close: () => pool.destroy(),
  };
}

/** How the pool opens a connection. */
function connector(
  url: URL,
  proxy: HttpProxy | null,
  { tls, connectTimeoutMs: timeout }: ConnectionOptions,
): buildConnector.BuildOptions | buildConnector.connector {
  const lookup = lookUp(new URL(proxy?.origin ?? url.origin).hostname);
  const common = { timeout, ...(lookup === undefined ? {} : { lookup }) };
  // The client certificate is for the server only, not for the proxy.
  const proxyContext = () => secureContext(tls.ca === undefined ? {} : { ca: tls.ca });
  if (url.protocol === "http:") {
    return proxy?.origin.startsWith("https:") === true ? { ...common, secureContext: proxyContext() } : common;
  }
  const toServer = { ...common, secureContext: secureContext(tls) };
  return proxy === null ? toServer : tunnelTo(url, proxy, { ...toServer, proxyContext: proxyContext() });
}

/** Node.js ends a connection without a word if it does not accept the client certificate, or gets none. */
function withHint(fault: TransportFault, url: URL): TransportFault {
  if (url.protocol !== "https:" || fault.kind !== "reset") return fault;
  const fix = `Check that the server runs and that \`url\` is right. If it requires a client certificate, set ${CLIENT_CERTIFICATE_SETTING}`;
  return { ...fault, fix };
}

function isConnectTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "UND_ERR_CONNECT_TIMEOUT";
}

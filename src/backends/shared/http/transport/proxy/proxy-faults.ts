import type { TransportFault } from "../transport-fault.ts";
import { transportFault } from "../transport-fault.ts";
import type { HttpProxy } from "./proxy.ts";
import { proxyText } from "./proxy.ts";

/** Statuses of a proxy that cannot reach the server, which may come back. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** There is no connection to the proxy itself. */
export function unreachableProxy(proxy: HttpProxy, server: URL, thrown: unknown): TransportFault {
  const { kind, reason } = transportFault(thrown, false);
  const isLate = kind === "timeout" || kind === "reset";
  return {
    kind: isLate ? "refused" : kind,
    reason: `${proxyText(proxy)} cannot be reached: ${reason}`,
    fix: `Correct ${proxy.variable}, or ${exempt(server)}`,
  };
}

/** The proxy answered, and there is no tunnel through it. */
export function refusedTunnel(proxy: HttpProxy, server: URL, status: number): TransportFault {
  if (status === 407) return wantsCredentials(proxy);
  const place = `${server.hostname}:${server.port || 443}`;
  if (PASSING.has(status)) {
    const reason = `${proxyText(proxy)} has no connection to ${place} (status ${status})`;
    return {
      kind: "refused",
      reason,
      fix: `Check that the server runs, and that the proxy may reach it, or ${exempt(server)}`,
    };
  }
  const reason = `${proxyText(proxy)} does not allow a connection to ${place} (status ${status})`;
  return { kind: "fatal", reason, fix: `Have it allowed there, or ${exempt(server)}` };
}

export function wantsCredentials(proxy: HttpProxy): TransportFault {
  const what = proxy.authorization === null ? "requires credentials" : `rejects the credentials in ${proxy.variable}`;
  const fix = `Put user:password@ before the host in ${proxy.variable}`;
  return { kind: "fatal", reason: `${proxyText(proxy)} ${what} (status 407)`, fix };
}

function exempt({ hostname }: URL): string {
  return `add ${hostname.replace(/^\[|\]$/g, "")} to NO_PROXY to connect without it`;
}

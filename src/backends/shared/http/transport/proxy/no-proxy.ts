import { BlockList, isIP } from "node:net";

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * Whether `NO_PROXY` names the host of an address: `*`, host names (with their subdomains, whether or not a dot is before them), IP addresses and
 * ranges of them (`10.0.0.0/8`), each with or without a port.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = Number(url.port) || PORTS[url.protocol];
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = entry, ofPort] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      return (ofPort === undefined || Number(ofPort) === port) && covers(bare(name), host);
    });
}

function covers(entry: string, host: string): boolean {
  const version = isIP(host);
  if (version !== 0) return isInRange(entry, host, version === 6 ? "ipv6" : "ipv4");
  const name = entry.replace(/^\*?\./, "");
  return host === name || host.endsWith(`.${name}`);
}

function isInRange(entry: string, host: string, family: "ipv4" | "ipv6"): boolean {
  const [address = "", bits] = entry.split("/");
  if (isIP(address) !== (family === "ipv6" ? 6 : 4)) return false;
  const range = new BlockList();
  const most = family === "ipv6" ? 128 : 32;
  const prefix = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > most) return false;
  range.addSubnet(address, prefix, family);
  return range.check(host, family);
}

/** Without the brackets of an IPv6 address and the dot that may end a host name. */
function bare(host: string): string {
  return host
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")
    .toLowerCase();
}

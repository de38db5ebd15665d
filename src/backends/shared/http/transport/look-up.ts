import type { LookupFunction } from "node:net";

const LOOPBACK = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/**
 * Both addresses of `localhost`, regardless of the machine's resolver (RFC 6761): a server listens on one or the other, and the one that
 * answers is used. Absent for other names, which the resolver looks up.
 */
export function lookUp(hostname: string): LookupFunction | undefined {
  if (!/^(.+\.)?localhost\.?$/i.test(hostname)) return undefined;
  return (_, { all }, callback) => {
    if (all === true) callback(null, LOOPBACK);
    else callback(null, "127.0.0.1", 4);
  };
}

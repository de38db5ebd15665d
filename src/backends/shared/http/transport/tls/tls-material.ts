import type { SecureContext } from "node:tls";
import { createSecureContext, getCACertificates } from "node:tls";

/** Certificates of a job in addition to those of this machine, each the text of a PEM file. */
export type TlsMaterial = {
  /** Authorities that are trusted in addition to those that Node.js trusts. */
  readonly ca?: string;
  /** The client's certificate, and the chain below it. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
};

/** TLS options of connections; without material, Node.js trusts what it does by default (NODE_EXTRA_CA_CERTS included). */
export function secureContext({ ca, cert, key }: TlsMaterial): SecureContext {
  return createSecureContext({
    // A list replaces that of Node.js, so it includes that one: a private authority must not exclude the public ones.
    ...(ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

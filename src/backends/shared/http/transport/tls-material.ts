import type { SecureContext } from "node:tls";
import { createSecureContext, getCACertificates } from "node:tls";

/** Certificates of a job beside those of this machine, each the text of a PEM file. */
export type TlsMaterial = {
  /** Authorities that are trusted in addition to those that Node.js trusts. */
  readonly ca?: string;
  /** The client's certificate, and the chain below it. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
};

/** What connections are made with; without material, what Node.js trusts by itself (NODE_EXTRA_CA_CERTS included). */
export function secureContext({ ca, cert, key }: TlsMaterial): SecureContext {
  return createSecureContext({
    // An own list replaces that of Node.js: it is joined, so that a private authority does not shut out the public ones.
    ...(ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

/** What is wrong with a connection, and what to do about it: two sentences without their full stops. */
export type ConnectionProblem = { readonly what: string; readonly fix: string };

/** The settings that a message may name: those of a backend, or those of the environment. */
export type ConnectionSettings = {
  /** Where the address is set: `` `url` ``. */
  readonly address: string;
  /** Where the file of a certificate authority is set. */
  readonly authority: string;
  /** Where a client certificate is set; null if it cannot be. */
  readonly clientCertificate: string | null;
};

type Rule = {
  readonly fits: RegExp;
  readonly what: (reason: string) => string;
  readonly fix: (settings: ConnectionSettings) => string;
};

const CLIENT_CERTIFICATE = ({ clientCertificate }: ConnectionSettings): string =>
  clientCertificate === null
    ? "Ask for an address that needs none"
    : `Set ${clientCertificate} to the PEM files that its operator issued`;

/** By the codes of Node.js and of OpenSSL, and by their texts if the code was lost on the way. The first that fits is used. */
const RULES: readonly Rule[] = [
  {
    fits: /wrong.version.number|packet.length.too.long|ERR_SSL_(UNKNOWN_PROTOCOL|BAD_RECORD_TYPE|HTTP_REQUEST)/i,
    what: () => "it does not speak TLS",
    fix: ({ address }) => `Write http:// instead of https:// in ${address}, or the port that does`,
  },
  {
    fits: /CERT_HAS_EXPIRED|certificate has expired/i,
    what: () => "its certificate has expired",
    fix: () => "Renew it on the server",
  },
  {
    fits: /CERT_NOT_YET_VALID|certificate is not yet valid/i,
    what: () => "its certificate is not valid yet",
    fix: () => `Check the clock of this machine, which is ${new Date().toISOString()}, or renew the certificate`,
  },
  {
    fits: /ALTNAME_INVALID|HOSTNAME_MISMATCH/i,
    what: (reason) => `its certificate is for another host (${reason})`,
    fix: ({ address }) => `Write a host name of the certificate in ${address}, or renew it with this one`,
  },
  {
    fits: /ALERT_CERTIFICATE_REQUIRED|alert certificate required|PEER_DID_NOT_RETURN_A_CERTIFICATE/i,
    what: () => "it requires a client certificate",
    fix: CLIENT_CERTIFICATE,
  },
  {
    fits: /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)/i,
    what: (reason) => `it does not accept the client certificate (${reason})`,
    fix: CLIENT_CERTIFICATE,
  },
  {
    fits: /ALERT_HANDSHAKE_FAILURE|alert handshake failure/i,
    what: (reason) => `it ended the TLS handshake (${reason})`,
    fix: (settings) => `If it requires a client certificate: ${lowerFirst(CLIENT_CERTIFICATE(settings))}`,
  },
  {
    fits: /CERT_|_CERT|SELF_SIGNED|LEAF_SIGNATURE|INVALID_(CA|PURPOSE)\b/,
    what: (reason) => `its certificate is not trusted (${reason})`,
    fix: ({ authority }) =>
      `If it comes from a private authority or a proxy, set ${authority} to the authority's PEM file`,
  },
  {
    fits: /ERR_SSL_|EPROTO/,
    what: (reason) => `the TLS handshake failed (${reason})`,
    fix: ({ address }) => `Check the versions of TLS that the server takes, and that ${address} is right`,
  },
  {
    fits: /HPE_INVALID/,
    what: () => "what answers does not speak HTTP",
    fix: ({ address }) => `Check the scheme (http:// or https://) and the port in ${address}`,
  },
];

/** Null if the error says nothing of TLS or HTTP. */
export function connectionProblem(
  { code, message }: { readonly code: string; readonly message: string },
  settings: ConnectionSettings,
): ConnectionProblem | null {
  const said = `${code} ${message}`;
  const rule = RULES.find(({ fits }) => fits.test(said));
  return rule === undefined ? null : { what: rule.what(reasonOf(message)), fix: rule.fix(settings) };
}

/** The reason alone: OpenSSL says where in its sources it happened, and Node.js adds hints for its own command line. */
function reasonOf(message: string): string {
  const reason = /SSL routines:[^:]*:([^:]+)(?::|$)/.exec(message)?.[1] ?? message;
  return reason
    .replace(/^Hostname\/IP does not match certificate's altnames: /, "")
    .replace(/; if the root CA is installed locally.*/s, "")
    .replace(/\.$/, "");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

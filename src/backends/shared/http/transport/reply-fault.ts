import { SPEAKS_TLS } from "./tls/other-scheme.ts";
import type { TransportFault } from "./transport-fault.ts";
import { CLIENT_CERTIFICATE_SETTING } from "./transport-fault.ts";

const WANTS_CERTIFICATE: TransportFault = {
  kind: "fatal",
  reason: "it requires a client certificate",
  fix: `Set ${CLIENT_CERTIFICATE_SETTING} to the PEM files that its operator issued`,
};

const REJECTS_CERTIFICATE: TransportFault = {
  ...WANTS_CERTIFICATE,
  reason: "it does not accept the client certificate",
};

/** What nginx, Go and Apache answer with status 400 if the connection itself is wrong. The rows are not at fault. */
const REPLIES: readonly (readonly ["http:" | "https:", RegExp, TransportFault])[] = [
  [
    "http:",
    /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i,
    SPEAKS_TLS,
  ],
  ["https:", /No required SSL certificate was sent/i, WANTS_CERTIFICATE],
  ["https:", /<(title|h1)>[^<]*The SSL certificate error/i, REJECTS_CERTIFICATE],
];

/** Whether a reply is about the connection and not about the request. */
export function replyFault(
  url: URL,
  { status, body }: { readonly status: number; readonly body: Buffer },
): TransportFault | null {
  if (status !== 400) return null;
  const text = body.toString("latin1", 0, 2000);
  return REPLIES.find(([protocol, said]) => protocol === url.protocol && said.test(text))?.[2] ?? null;
}

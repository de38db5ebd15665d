import { messageOf } from "../../../core/errors/scoreframe-error.ts";

/** Why there is no answer, or not a whole one. */
export type TransportFault = {
  /**
   * `refused`: there was no connection. `unknown-host`: the host's name has no address. `reset`: the connection broke before a response began.
   * `dropped`: it broke before the response was whole. `timeout`: the server was too slow.
   * `too-large`: the answer exceeds the limit. `fatal`: trying again cannot help (a certificate, for instance).
   */
  readonly kind: "refused" | "unknown-host" | "reset" | "dropped" | "timeout" | "too-large" | "fatal";
  readonly reason: string;
};

const KINDS: Readonly<Record<string, TransportFault["kind"]>> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "unknown-host",
  EAI_AGAIN: "unknown-host",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  UND_ERR_CONNECT_TIMEOUT: "refused",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "too-large",
  UND_ERR_INVALID_ARG: "fatal",
  CERT_HAS_EXPIRED: "fatal",
  DEPTH_ZERO_SELF_SIGNED_CERT: "fatal",
  SELF_SIGNED_CERT_IN_CHAIN: "fatal",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "fatal",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "fatal",
  ERR_TLS_CERT_ALTNAME_INVALID: "fatal",
  EPROTO: "fatal",
};

/** What undici threw, in our words. `begun`: whether there was the head of a response. */
export function transportFault(thrown: unknown, begun: boolean): TransportFault {
  const code = codeOf(thrown);
  // `localhost` has two addresses, and the error of both has a code but no text.
  const text = messageOf(thrown) || code || "no reason given";
  return {
    kind: KINDS[code] ?? (begun || code.startsWith("HPE_") ? "dropped" : "reset"),
    reason: code === "" || text.includes(code) ? text : `${text} (${code})`,
  };
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

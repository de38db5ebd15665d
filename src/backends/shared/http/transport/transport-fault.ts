import type { ConnectionSettings } from "../../../../core/errors/connection-problem.ts";
import { connectionProblem } from "../../../../core/errors/connection-problem.ts";
import { messageOf } from "../../../../core/errors/scoreframe-error.ts";

/** Why there is no answer, or not a whole one. */
export type TransportFault = {
  /**
   * `refused`: there was no connection. `unknown-host`: the host's name has no address. `reset`: the connection broke before a response began.
   * `dropped`: it broke before the response was whole. `timeout`: the server was too slow.
   * `too-large`: the answer exceeds the limit. `fatal`: trying again cannot help (a certificate, for instance).
   */
  readonly kind: "refused" | "unknown-host" | "reset" | "dropped" | "timeout" | "too-large" | "fatal";
  readonly reason: string;
  /** What to do about it; absent if that follows from the kind. */
  readonly fix?: string;
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
};

export const CLIENT_CERTIFICATE_SETTING = "`tls.cert` and `tls.key`";

const SETTINGS: ConnectionSettings = {
  address: "`url`",
  authority: "`tls.ca` or NODE_EXTRA_CA_CERTS",
  clientCertificate: CLIENT_CERTIFICATE_SETTING,
};

/** Describes what undici threw. `begun`: whether the head of a response had arrived. */
export function transportFault(thrown: unknown, begun: boolean): TransportFault {
  const code = codeOf(thrown);
  // `localhost` has two addresses. The error for both has a code but no text.
  const message = messageOf(thrown) || code || "no reason given";
  // A response that is not HTTP may come from a server that restarts. A failed TLS handshake fails again.
  const problem = code.startsWith("HPE_") ? null : connectionProblem({ code, message }, SETTINGS);
  if (problem !== null) return { kind: "fatal", reason: problem.what, fix: problem.fix };
  return {
    kind: KINDS[code] ?? (begun || code.startsWith("HPE_") ? "dropped" : "reset"),
    reason: code === "" || message.includes(code) ? message : `${message} (${code})`,
  };
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

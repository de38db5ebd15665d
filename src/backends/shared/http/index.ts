export { createHttpSession } from "./http-session.ts";
export { HTTP_SESSION_DEFAULTS, type HttpSessionOptions, type NonFinite } from "./http-session-options.ts";
export type { FaultRule } from "./status/fault-rule.ts";
export { DEFAULT_STATUS_POLICY, type StatusPolicy, type StatusRule } from "./status/status-policy.ts";
export { readTlsFiles, type TlsFiles } from "./transport/tls/read-tls-files.ts";
export type { TlsMaterial } from "./transport/tls/tls-material.ts";
export { waitUntilHealthy } from "./transport/wait-until-healthy.ts";

export { createHttpSession } from "./http-session.ts";
export { HTTP_SESSION_DEFAULTS, type HttpSessionOptions, type NonFinite } from "./http-session-options.ts";
export { readTlsFiles, type TlsFiles } from "./network/read-tls-files.ts";
export type { TlsMaterial } from "./network/tls-material.ts";
export { waitUntilHealthy } from "./wait-until-healthy.ts";

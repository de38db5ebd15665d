export { createHttpSession } from "./http-session.ts";
export { HTTP_SESSION_DEFAULTS, type HttpSessionOptions, type NonFinite } from "./http-session-options.ts";
export { waitUntilHealthy } from "./wait-until-healthy.ts";

// The session is what other backends with a server behind them are made of, ours and third parties'.
export { createHttpSession, type HttpSessionOptions, waitUntilHealthy } from "../shared/http/index.ts";
export { httpBackend } from "./http-backend.ts";
export type { HttpOptions } from "./http-options.ts";

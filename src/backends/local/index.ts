export { localBackend } from "./local-backend.ts";
export type { LocalOptions } from "./local-options.ts";
export { type ServeOptions, type ServeResult, serveModel } from "./server/serve-model.ts";

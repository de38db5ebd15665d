export { localBackend } from "./local-backend.ts";
export type { LocalOptions } from "./local-options.ts";

export { httpBackend } from "./http-backend.ts";
export type { HttpOptions } from "./http-options.ts";

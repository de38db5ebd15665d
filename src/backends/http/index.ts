// The session is what other backends with a server behind them are made of, ours and third parties'.
export {
  createHttpSession,
  DEFAULT_STATUS_POLICY,
  type FaultRule,
  type HttpSessionOptions,
  type StatusPolicy,
  type StatusRule,
  waitUntilHealthy,
} from "../shared/http/index.ts";
export { httpBackend } from "./http-backend.ts";
export type { HttpOptions } from "./http-options.ts";

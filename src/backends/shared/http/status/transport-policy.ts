import type { TransportFault } from "../transport/transport-fault.ts";
import type { FaultRule } from "./fault-rule.ts";

const AWAY =
  "Check that the server runs and that `url` is right, or raise `unreachable_timeout_s`; then run the job again.";

/** Whose fault it is that there is no response, and what is done about it. */
export const TRANSPORT_POLICY: Readonly<Record<TransportFault["kind"], FaultRule>> = {
  refused: { fault: "server", again: "while-gone", fix: AWAY },
  "unknown-host": {
    fault: "server",
    again: "while-gone",
    fix: "The host has no address: correct `url`, or its name service; then run the job again.",
  },
  // A server closes a kept connection just when the next request is on its way; or a worker was stopped because it took too long.
  reset: { fault: "server", again: "while-away", halvesAfter: 3, isCommon: true, fix: AWAY },
  dropped: { fault: "server", again: "max_attempts", fix: AWAY },
  timeout: {
    fault: "server",
    again: "max_attempts",
    halvesAfter: 1,
    fix: "Send fewer rows per request (`requests.batch_size`), or raise `headers_timeout_s` and `request_timeout_s`.",
  },
  "too-large": { fault: "rows", again: "never" },
  fatal: { fault: "job", again: "never", fix: AWAY },
};

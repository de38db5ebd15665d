import type { BackendContext } from "../../../../core/ports/scoring-backend.ts";

/** For a host name that has never been resolved: it is probably misspelt. */
const UNKNOWN_HOST_MS = 10_000;

/** How long a server has been away, over all requests of a session. */
export type Outage = {
  /** A request did not reach the server. `unknownHost`: the name has no address. `isCertain`: there was no connection at all. */
  failed(reason: string, about: { readonly unknownHost: boolean; readonly isCertain: boolean }): void;
  /** A request got a response. */
  answered(): void;
  /** Milliseconds for which to wait for the server. */
  left(): number;
};

export function createOutage(
  { events, clock }: Pick<BackendContext, "events" | "clock">,
  server: string,
  timeoutMs: number,
): Outage {
  let since: number | null = null;
  let isReported = false;
  let everAnswered = false;
  let limit = timeoutMs;
  return {
    failed(reason, { unknownHost, isCertain }) {
      if (since === null) {
        since = clock.now();
        limit = unknownHost && !everAnswered ? Math.min(timeoutMs, UNKNOWN_HOST_MS) : timeoutMs;
      }
      // A single 503 of a busy server is not reported.
      if (isReported || (everAnswered && !isCertain)) return;
      isReported = true;
      const wait = `Waiting up to ${Math.round(limit / 100) / 10} s for it (unreachable_timeout_s).`;
      events({ type: "warning", message: `${server} cannot be reached: ${reason}. ${wait}` });
      events({ type: "waiting", waitingFor: server, limitSeconds: limit / 1000 });
    },
    answered() {
      everAnswered = true;
      if (isReported && since !== null) {
        const seconds = Math.round((clock.now() - since) / 100) / 10;
        events({ type: "note", message: `${server} answers after ${seconds} s.` });
        events({ type: "waiting", waitingFor: null, limitSeconds: 0 });
      }
      since = null;
      isReported = false;
    },
    left: () => (since === null ? timeoutMs : since + limit - clock.now()),
  };
}

import type { TransportFault } from "./transport-fault.ts";

/** An error of our own connector, which says what happened. undici passes it on unchanged. */
type ConnectionFault = Error & { readonly fault: TransportFault };

export function connectionFault(fault: TransportFault): ConnectionFault {
  return Object.assign(new Error(fault.reason), { fault });
}

export function isConnectionFault(thrown: unknown): thrown is ConnectionFault {
  return thrown instanceof Error && "fault" in thrown;
}

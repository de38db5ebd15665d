import type { TransportFault } from "./transport-fault.ts";

/** An error of a connector that says in our words what happened: undici passes it on as it is. */
type ConnectionFault = Error & { readonly fault: TransportFault };

export function connectionFault(fault: TransportFault): ConnectionFault {
  return Object.assign(new Error(fault.reason), { fault });
}

export function isConnectionFault(thrown: unknown): thrown is ConnectionFault {
  return thrown instanceof Error && "fault" in thrown;
}

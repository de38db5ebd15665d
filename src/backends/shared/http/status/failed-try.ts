import type { FaultRule } from "./fault-rule.ts";

/** One try of a request that failed: what happened, and the rule for it. */
export type FailedTry = {
  readonly code: "BACKEND_UNREACHABLE" | "BACKEND_TIMEOUT" | "RESPONSE_TOO_LARGE" | "BACKEND_REFUSED";
  readonly reason: string;
  readonly rule: FaultRule;
  /** What the server asked for; null if it did not. */
  readonly retryAfterMs: number | null;
  /** Null if there was no response. */
  readonly status: number | null;
  readonly isUnknownHost: boolean;
};

export function triesText(attempts: number): string {
  return attempts === 1 ? "1 try" : `${attempts} tries`;
}

/** A server's message may already end as a sentence, or be cut in the middle of one. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

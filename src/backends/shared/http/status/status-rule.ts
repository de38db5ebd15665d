import type { FaultRule } from "./fault-rule.ts";
import type { StatusPolicy } from "./status-policy.ts";

/** For a status that is in no rule of the policy: an unexpected response. */
const UNKNOWN: FaultRule = { fault: "job", again: "never", fix: "Check `url` and `method`." };

/** The rule of a status in a policy. */
export function statusRule(status: number, policy: StatusPolicy): FaultRule {
  return policy.find(({ statuses }) => statuses.some((pattern) => matches(status, pattern))) ?? UNKNOWN;
}

function matches(status: number, pattern: string): boolean {
  if (pattern.endsWith("xx")) return Math.floor(status / 100) === Number(pattern[0]);
  const [first, last = first] = pattern.split("-").map(Number);
  return status >= (first ?? 0) && status <= (last ?? 0);
}

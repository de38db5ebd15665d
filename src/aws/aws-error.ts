import { ScoreframeError } from "../core/errors/scoreframe-error.ts";
import type { AwsAct } from "./aws-act.ts";
import { readFault, withoutSecrets } from "./fault.ts";
import { FAULT_KINDS } from "./fault-kinds.ts";

/** Converts an error of an AWS SDK to one that says what to do. A ScoreframeError is returned unchanged. */
export function awsError(thrown: unknown, act: AwsAct): ScoreframeError {
  if (ScoreframeError.is(thrown)) return thrown;
  const [service = ""] = act.action.split(":");
  const fault = readFault(thrown);
  const kind = FAULT_KINDS.find((each) => each.fits(fault));
  const says =
    kind?.says(fault, act, service) ??
    `${fault.message} (${fault.name}${fault.status ? `, status ${fault.status}` : ""}).`;
  const retryable = kind === undefined ? (fault.status ?? 0) >= 500 : kind.retryable?.(fault) === true;
  return new ScoreframeError(kind?.code ?? "AWS_FAILED", `${act.action} on ${act.resource} failed: ${says}`, {
    operation: act.action,
    retryable,
    cause: withoutSecrets(thrown),
    ...(fault.status === undefined ? {} : { status: fault.status }),
    details: { resource: act.resource, error: fault.name },
  });
}

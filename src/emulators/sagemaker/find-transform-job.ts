import { arnOf } from "../host/arn.ts";
import type { Caller } from "../host/operation.ts";
import { validationError } from "../host/service-error.ts";
import type { RegionState } from "./state/region-state.ts";
import type { TransformJob } from "./state/transform-job.ts";

/** Throws `ValidationException`, as the service's waiters expect, not the `ResourceNotFound` of the API model. */
export function findTransformJob({ jobs }: RegionState, name: string, caller: Caller): TransformJob {
  const job = jobs.get(name);
  if (job !== undefined) return job;
  const arn = arnOf("sagemaker", `transform-job/${name.toLowerCase()}`, caller);
  throw validationError(`Could not find transform job "${arn}".`);
}

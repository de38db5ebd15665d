import { ServiceError } from "../host/service-error.ts";
import type { InstanceCounts } from "./sagemaker-settings.ts";
import type { CreateTransformJobInput } from "./shapes/transform-job.ts";
import { instancesInUse } from "./state/instances-in-use.ts";
import type { RegionState } from "./state/region-state.ts";

/** Throws `ResourceLimitExceeded` if a job would need more instances of its type than the account may use at the same time. */
export function checkQuota(
  { TransformResources }: CreateTransformJobInput,
  { jobs }: RegionState,
  quotas: InstanceCounts,
): void {
  const { InstanceType, InstanceCount } = TransformResources;
  const quota = quotas[InstanceType];
  const used = instancesInUse(jobs.values(), InstanceType);
  if (quota === undefined || used + InstanceCount <= quota) return;
  const state = `is ${quota} Instances, with current utilization of ${used} Instances and a request delta of ${InstanceCount} Instances`;
  const hint =
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.";
  throw new ServiceError(
    "ResourceLimitExceeded",
    `The account-level service limit '${InstanceType} for transform job usage' ${state}. ${hint}`,
    { member: "Message" },
  );
}

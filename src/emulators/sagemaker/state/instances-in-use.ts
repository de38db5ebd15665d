import type { TransformJob } from "./transform-job.ts";

/** Instances of a type that are held by jobs that have not ended. */
export function instancesInUse(jobs: Iterable<TransformJob>, type: string): number {
  let count = 0;
  for (const { status, input } of jobs) {
    const { InstanceType, InstanceCount } = input.TransformResources;
    if (InstanceType === type && (status === "InProgress" || status === "Stopping")) count += InstanceCount;
  }
  return count;
}

import type { DescribeTransformJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { RunCost } from "../../../core/domain/run-cost.ts";

/** The job's own times, from its start on instances to its end or to now; AWS bills that interval for each instance. */
export function costOf(
  job: DescribeTransformJobCommandOutput,
  pricePerHour: number | null,
  now: number,
): RunCost | null {
  const { TransformStartTime: start, TransformEndTime: end, TransformResources: resources } = job;
  if (start === undefined) return null;
  const seconds = Math.max(0, ((end?.getTime() ?? now) - start.getTime()) / 1000);
  const instances = resources?.InstanceCount ?? 1;
  return {
    usd: pricePerHour === null ? null : round((pricePerHour * instances * seconds) / 3600),
    seconds: round(seconds),
    instances,
    instance_type: resources?.InstanceType ?? null,
    price_per_hour: pricePerHour,
  };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

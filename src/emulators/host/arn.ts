import type { Caller } from "./operation.ts";

/** `arn:aws:sagemaker:us-east-1:000000000000:model/name`. Names are lower case in an ARN of SageMaker. */
export function arnOf(service: string, resource: string, { region, account }: Caller): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${account}:${resource}`;
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

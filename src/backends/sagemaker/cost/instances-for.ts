import type { SagemakerOptions } from "../sagemaker-options.ts";

/** The number of instances of a job. SageMaker gives each file to one instance, and bills instances without a file, too. */
export function instancesFor(
  { instanceCount, instanceCountIsMost }: Pick<SagemakerOptions, "instanceCount" | "instanceCountIsMost">,
  files: number,
): number {
  return instanceCountIsMost ? Math.max(1, Math.min(instanceCount, files)) : instanceCount;
}

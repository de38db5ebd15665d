import type { SagemakerOptions } from "../sagemaker-options.ts";

/** The instances of a job over so many files: SageMaker gives each file to one instance, and one without a file is billed, too. */
export function instancesFor(
  { instanceCount, instanceCountIsMost }: Pick<SagemakerOptions, "instanceCount" | "instanceCountIsMost">,
  files: number,
): number {
  return instanceCountIsMost ? Math.max(1, Math.min(instanceCount, files)) : instanceCount;
}

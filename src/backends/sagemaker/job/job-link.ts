import { consoleHost } from "./console-host.ts";

/** The page of the SageMaker console with one transform job. */
export function jobLink(region: string, jobName: string): string {
  return `https://${consoleHost(region)}/sagemaker/home?region=${region}#/transform-jobs/${jobName}`;
}

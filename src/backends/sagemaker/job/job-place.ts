import { jobLink } from "./job-link.ts";
import { logLink } from "./log-link.ts";

/** Where a service is: its region, and its address if it is not AWS, else null. */
export type ServicePlace = { readonly region: string; readonly endpoint: string | null };

/** Where to see a transform job. AWS's console shows only jobs of AWS. */
export function jobPlace({ region, endpoint }: ServicePlace, jobName: string): string {
  return endpoint === null ? jobLink(region, jobName) : `It runs at ${endpoint}`;
}

/** Where the log of a transform job is. */
export function logPlace({ region, endpoint }: ServicePlace, jobName: string): string {
  if (endpoint === null) return logLink(region, jobName);
  return `group /aws/sagemaker/TransformJobs, streams ${jobName}/…, in the CloudWatch Logs at ${endpoint}`;
}

/** A quota as SageMaker's message describes it: the limit, how many are used, and how many more were requested. */
type Quota = { readonly name: string; readonly limit: number; readonly used: number; readonly asked: number };

/** As in aws/amazon-sagemaker-examples#307 and many more: `The account-level service limit '<name>' is N Instances, with current utilization of N …` */
export function parseQuota(message: string): Quota | null {
  const found =
    /service limit '([^']+)' is (\d+) \w+, with current utilization of (\d+) \w+ and a request delta of (\d+)/.exec(
      message,
    );
  if (found === null) return null;
  const [, name = "", limit, used, asked] = found;
  return { name, limit: Number(limit), used: Number(used), asked: Number(asked) };
}

/** What to ask for. */
export function quotaHint(message: string, region = "the job's region"): string {
  const quota = parseQuota(message);
  if (quota === null) {
    return `a quota of the account is used up: ${message} Ask for more in the Service Quotas console, use fewer or other instances, or wait for other jobs.`;
  }
  const { name, limit, used, asked } = quota;
  const wait = asked <= limit ? ", wait for the other jobs," : "";
  return (
    `the quota "${name}" is ${limit}, ${used} are in use and ${asked} more ${asked === 1 ? "was" : "were"} asked for. ` +
    `Ask for ${used + asked} or more of it (Service Quotas console, Amazon SageMaker, ${region})${wait} or take fewer or other instances (instance_count, instance_type).`
  );
}

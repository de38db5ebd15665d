import { consoleHost } from "./console-host.ts";

/** The page of the CloudWatch console with the log streams of one transform job. It writes `$` for `%`, and escapes values twice. */
export function logLink(region: string, jobName: string): string {
  const group = encodeTwice("/aws/sagemaker/TransformJobs");
  const filter = `$3FlogStreamNameFilter$3D${encodeTwice(`${jobName}/`)}`;
  return `https://${consoleHost(region)}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}${filter}`;
}

function encodeTwice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll("%", "$");
}

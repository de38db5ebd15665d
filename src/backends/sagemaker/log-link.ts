/** The page of the CloudWatch console with the log streams of one transform job. It writes `$` for `%`, and escapes values twice. */
export function logLink(region: string, jobName: string): string {
  const group = encodeTwice("/aws/sagemaker/TransformJobs");
  const filter = `$3FlogStreamNameFilter$3D${encodeTwice(`${jobName}/`)}`;
  const host = region.startsWith("cn-")
    ? `${region}.console.amazonaws.cn`
    : region.startsWith("us-gov-")
      ? "console.amazonaws-us-gov.com"
      : `${region}.console.aws.amazon.com`;
  return `https://${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}${filter}`;
}

function encodeTwice(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll("%", "$");
}

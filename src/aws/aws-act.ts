/** What was asked of which service. */
export type AwsAct = {
  /** As IAM writes it: `s3:PutObject`, `sagemaker:CreateTransformJob`. */
  readonly action: string;
  /** What it was done to, as a person would write it. */
  readonly resource: string;
  /** The profile that the job file names for this service. */
  readonly profile?: string | undefined;
  /** Where it was asked. */
  readonly region?: string;
  /** Where the service was looked for, unless the environment says it. */
  readonly endpoint?: GivenEndpoint;
};

/** An endpoint that an option gave. */
export type GivenEndpoint = {
  /** As a message calls it: `the emulator's --s3-endpoint`. */
  readonly option: string;
  readonly url: string;
};

/** An action of a service. */
export type AwsAct = {
  /** As IAM writes it: `s3:PutObject`, `sagemaker:CreateTransformJob`. */
  readonly action: string;
  /** The resource, as a person would write it. */
  readonly resource: string;
  /** The profile that the job file names for this service. */
  readonly profile?: string | undefined;
  /** The region of the request. */
  readonly region?: string;
  /** The service's endpoint, unless the environment names it. */
  readonly endpoint?: GivenEndpoint;
};

/** An endpoint that an option gave. */
export type GivenEndpoint = {
  /** As a message calls it: `the emulator's --s3-endpoint`. */
  readonly option: string;
  readonly url: string;
};

/** An S3 of this machine that takes any credentials. */
export type LocalS3 = {
  readonly name: string;
  readonly endpoint: string;
  stop(): Promise<void>;
};

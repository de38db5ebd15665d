import type { ImageSource } from "./containers/image-source.ts";
import type { SagemakerSettings } from "./sagemaker-settings.ts";

export type SagemakerEmulatorOptions = {
  /** The address of the S3; without it `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, and without those AWS itself. */
  readonly s3Endpoint?: string;
  /** @default "127.0.0.1" */
  readonly host?: string;
  /** 0 takes a free one. @default 0 */
  readonly port?: number;
  /** What serves an image, by its name, in which `*` matches any part. */
  readonly images?: Readonly<Record<string, ImageSource>>;
  /** What relative paths of models start at. @default the working directory */
  readonly baseDirectory?: string;
  /** Twelve digits for the ARNs. @default "000000000000" */
  readonly account?: string;
  readonly settings?: Partial<Omit<SagemakerSettings, "latency">> & {
    readonly latency?: Partial<SagemakerSettings["latency"]>;
  };
  /** Receives the lines of the jobs' logs, which have the reason of each failure. */
  readonly log?: (line: string) => void;
};

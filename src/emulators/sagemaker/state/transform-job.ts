import type { TransformJobStatus } from "@aws-sdk/client-sagemaker";
import type { CreateTransformJobInput } from "../shapes/transform-job.ts";

export type TransformJob = {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly created: Date;
  readonly input: CreateTransformJobInput;
  status: TransformJobStatus;
  lastModified: Date;
  started?: Date;
  ended?: Date;
  failureReason?: string;
  /** Ends the work halfway; its reason is not used. */
  readonly stop: AbortController;
  /** Resolves when the job has ended in any state. */
  finished: Promise<void>;
};

/** Moves a job on to another state, at this moment. */
export function moveTo(job: TransformJob, status: TransformJobStatus): void {
  job.status = status;
  job.lastModified = new Date();
}

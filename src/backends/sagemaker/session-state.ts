import type { DescribeTransformJobCommandOutput } from "@aws-sdk/client-sagemaker";
import type { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { RemoteFiles } from "../../core/ports/run-store.ts";
import type { BackendContext } from "../../core/ports/scoring-backend.ts";
import type { SagemakerOptions } from "./sagemaker-options.ts";
import type { FoundModel } from "./service/find-model.ts";
import type { SagemakerService } from "./service/sagemaker-service.ts";

export type DescribedJob = DescribeTransformJobCommandOutput;

export type SessionTools = {
  readonly options: SagemakerOptions;
  readonly model: FoundModel;
  readonly service: SagemakerService;
  readonly remote: RemoteFiles;
  readonly context: BackendContext;
  /** USD of one instance per hour; null if it is unknown. */
  readonly pricePerHour: number | null;
};

/** What a session has created in the service, noted as soon as it may exist, so that it is stopped and removed whatever happens next. */
export type SessionState = {
  /** The job that may be running. */
  job: string | null;
  /** The model that was made for the run. */
  model: string | null;
  /** The last description of the job by SageMaker. */
  latest: DescribedJob | null;
  /** Why some files were not answered. */
  incident: ScoreframeError | null;
};

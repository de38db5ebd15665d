import type { CreateTransformJobInput } from "../shapes/transform-job.ts";
import type { Model } from "../state/model.ts";
import { upperSnake } from "../transform/transform-settings.ts";

/** What the service sets in a container: the limits only if the request of the job has them. The job's own variables override the model's. */
export function containerEnvironment(model: Model, input: CreateTransformJobInput): Record<string, string> {
  const { MaxPayloadInMB, BatchStrategy, MaxConcurrentTransforms } = input;
  return {
    ...model.container.Environment,
    ...input.Environment,
    SAGEMAKER_BATCH: "true",
    ...(MaxPayloadInMB === undefined ? {} : { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(MaxPayloadInMB) }),
    ...(BatchStrategy === undefined ? {} : { SAGEMAKER_BATCH_STRATEGY: upperSnake(BatchStrategy) }),
    ...(MaxConcurrentTransforms === undefined
      ? {}
      : { SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(MaxConcurrentTransforms) }),
  };
}

import type { ExecutionParameters } from "../containers/ask-execution-parameters.ts";
import type { CreateTransformJobInput } from "../shapes/transform-job.ts";

/** The settings of a job: the request's, then the container's, then the defaults. */
export type TransformSettings = {
  /** Requests at the same time, on one instance. */
  readonly concurrency: number;
  readonly payloadMb: number;
  readonly strategy: "SingleRecord" | "MultiRecord";
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
};

export const DEFAULT_PAYLOAD_MB = 6;
const DEFAULT_TIMEOUT_SECONDS = 600;
const DEFAULT_RETRIES = 3;

export function transformSettings(input: CreateTransformJobInput, container: ExecutionParameters): TransformSettings {
  return {
    // 0 asks the container, as leaving it out does.
    concurrency: input.MaxConcurrentTransforms || container.MaxConcurrentTransforms || 1,
    payloadMb: input.MaxPayloadInMB ?? container.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB,
    strategy: input.BatchStrategy ?? container.BatchStrategy ?? "MultiRecord",
    timeoutSeconds: input.ModelClientConfig?.InvocationsTimeoutInSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    maxRetries: input.ModelClientConfig?.InvocationsMaxRetries ?? DEFAULT_RETRIES,
  };
}

/** The line with which every job's log begins. */
export function describeSettings({ concurrency, payloadMb, strategy }: TransformSettings): string {
  return `MaxConcurrentTransforms=${concurrency}, MaxPayloadInMB=${payloadMb}, BatchStrategy=${upperSnake(strategy)}`;
}

/** As the container's environment and `/execution-parameters` spell it. */
export function upperSnake(strategy: "SingleRecord" | "MultiRecord"): string {
  return strategy === "SingleRecord" ? "SINGLE_RECORD" : "MULTI_RECORD";
}

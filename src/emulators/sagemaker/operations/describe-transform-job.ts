import { epochSeconds } from "../../host/epoch-seconds.ts";
import type { Operation } from "../../host/operation.ts";
import { required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { findTransformJob } from "../find-transform-job.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { JOB_NAME } from "../shapes/names.ts";

const INPUT = structure({ TransformJobName: required(JOB_NAME) });

export function describeTransformJob({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { TransformJobName } = readInput(INPUT, body);
    const job = findTransformJob(regions.of(caller.region), TransformJobName, caller);
    const { Tags: _, ...input } = job.input;
    return {
      ...input,
      TransformJobArn: job.arn,
      TransformJobStatus: job.status,
      FailureReason: job.failureReason,
      CreationTime: epochSeconds(job.created),
      TransformStartTime: job.started === undefined ? undefined : epochSeconds(job.started),
      TransformEndTime: job.ended === undefined ? undefined : epochSeconds(job.ended),
    };
  };
}

import type { Operation } from "../../host/operation.ts";
import { validationError } from "../../host/service-error.ts";
import { required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { findTransformJob } from "../find-transform-job.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { JOB_NAME } from "../shapes/names.ts";
import { moveTo } from "../state/transform-job.ts";

const INPUT = structure({ TransformJobName: required(JOB_NAME) });

export function stopTransformJob({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { TransformJobName } = readInput(INPUT, body);
    const job = findTransformJob(regions.of(caller.region), TransformJobName, caller);
    if (job.status !== "InProgress") {
      throw validationError(`The request was rejected because the transform job is in status ${job.status}.`);
    }
    moveTo(job, "Stopping");
    job.stop.abort();
    return {};
  };
}

import { arnOf } from "../../host/arn.ts";
import type { Operation } from "../../host/operation.ts";
import { ServiceError } from "../../host/service-error.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { checkQuota } from "../check-quota.ts";
import { checkTransformRequest } from "../check-transform-request.ts";
import { findModel } from "../find-model.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { CREATE_TRANSFORM_JOB } from "../shapes/transform-job.ts";
import type { TransformJob } from "../state/transform-job.ts";
import { listInput } from "../transform/input/list-input.ts";
import { runJob } from "../transform/run-job.ts";

export function createTransformJob(context: SagemakerContext): Operation {
  return async (body, caller) => {
    const input = readInput(CREATE_TRANSFORM_JOB, body);
    checkTransformRequest(input);
    const state = context.regions.of(caller.region);
    const name = input.TransformJobName;
    const arn = arnOf("sagemaker", `transform-job/${name.toLowerCase()}`, caller);
    const assertFreeName = (): void => {
      // Names that differ in case only would have the same ARN.
      if (!state.tags.has(arn)) return;
      throw new ServiceError(
        "ResourceInUse",
        `Transform job names must be unique within an AWS account and region, and a transform job with this name already exists (${arn})`,
        { member: "Message" },
      );
    };
    assertFreeName();
    const model = findModel(state, input.ModelName, caller);
    const objects = await listInput(input, { ...context, region: caller.region, model });
    // Another request may have taken the name, or the emulator been closed, while the objects were listed.
    assertFreeName();
    if (context.closing.aborted) throw closed();
    checkQuota(input, state, context.settings.quotas);
    const now = new Date();
    const job: TransformJob = {
      name,
      arn,
      region: caller.region,
      created: now,
      lastModified: now,
      input,
      status: "InProgress",
      stop: new AbortController(),
      finished: Promise.resolve(),
    };
    state.jobs.set(name, job);
    state.tags.set(arn, input.Tags ?? []);
    job.finished = runJob(job, { ...context, model, objects });
    return { TransformJobArn: arn };
  };
}

function closed(): ServiceError {
  return new ServiceError("ServiceUnavailableException", "The emulator is being closed.", { status: 503 });
}

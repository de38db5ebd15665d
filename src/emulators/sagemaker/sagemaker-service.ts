import type { EmulatedService, Operation } from "../host/operation.ts";
import { addTags } from "./operations/add-tags.ts";
import { createModel } from "./operations/create-model.ts";
import { createTransformJob } from "./operations/create-transform-job.ts";
import { deleteModel } from "./operations/delete-model.ts";
import { deleteTags } from "./operations/delete-tags.ts";
import { describeModel } from "./operations/describe-model.ts";
import { describeTransformJob } from "./operations/describe-transform-job.ts";
import { listModels } from "./operations/list-models.ts";
import { listTags } from "./operations/list-tags.ts";
import { listTransformJobs } from "./operations/list-transform-jobs.ts";
import { stopTransformJob } from "./operations/stop-transform-job.ts";
import type { SagemakerContext } from "./sagemaker-context.ts";

/** The part of SageMaker that batch transform needs. */
export const SAGEMAKER_OPERATIONS = {
  CreateModel: createModel,
  DescribeModel: describeModel,
  DeleteModel: deleteModel,
  CreateTransformJob: createTransformJob,
  DescribeTransformJob: describeTransformJob,
  StopTransformJob: stopTransformJob,
  AddTags: addTags,
  DeleteTags: deleteTags,
  ListModels: listModels,
  ListTags: listTags,
  ListTransformJobs: listTransformJobs,
} as const satisfies Record<string, (context: SagemakerContext) => Operation>;

export function sagemakerService(context: SagemakerContext): EmulatedService {
  const operations = Object.entries(SAGEMAKER_OPERATIONS).map(([name, create]) => [name, create(context)] as const);
  return { signingName: "sagemaker", targetPrefix: "SageMaker", operations: Object.fromEntries(operations) };
}

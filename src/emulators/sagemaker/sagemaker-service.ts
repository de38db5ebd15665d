import type { EmulatedService } from "../shared/operation.ts";
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
export function sagemakerService(context: SagemakerContext): EmulatedService {
  return {
    signingName: "sagemaker",
    targetPrefix: "SageMaker",
    operations: {
      CreateModel: createModel(context),
      DescribeModel: describeModel(context),
      DeleteModel: deleteModel(context),
      CreateTransformJob: createTransformJob(context),
      DescribeTransformJob: describeTransformJob(context),
      StopTransformJob: stopTransformJob(context),
      AddTags: addTags(context),
      DeleteTags: deleteTags(context),
      ListModels: listModels(context),
      ListTags: listTags(context),
      ListTransformJobs: listTransformJobs(context),
    },
  };
}

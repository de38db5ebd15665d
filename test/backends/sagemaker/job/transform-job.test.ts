import { expect, it } from "vitest";
import { transformJob } from "../../../../src/backends/sagemaker/job/transform-job.ts";
import { parseSagemakerOptions } from "../../../../src/backends/sagemaker/sagemaker-options.ts";

const facts = {
  jobName: "j",
  modelName: "m",
  requests: "s3://b/requests/",
  responses: "s3://b/responses",
  contentType: "text/csv",
  accept: "text/csv",
  instances: 1,
};

it.each([
  ["20240501T093000-k3f9ab", "20240501T093000-k3f9ab"],
  ["Zoë's run #7 (ds=2024-05-01)", "Zoë-s run -7 -ds=2024-05-01-"],
  ["x".repeat(300), "x".repeat(256)],
])("a job bears the id of its run %j as a tag that SageMaker takes", (runId, tag) => {
  const options = parseSagemakerOptions({ model_name: "m", tags: { team: "b" } });
  expect(transformJob(options, { ...facts, runId }).Tags).toEqual([
    { Key: "team", Value: "b" },
    { Key: "scoreframe:run", Value: tag },
  ]);
});

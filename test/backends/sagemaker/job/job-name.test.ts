import { describe, expect, it } from "vitest";
import { jobName } from "../../../../src/backends/sagemaker/job/job-name.ts";
import { logLink } from "../../../../src/backends/sagemaker/job/log-link.ts";

const requests = "s3://bucket/runs/x/requests/";

describe("the name of a transform job", () => {
  it.each(["20260101T040000-a1b2c3", "nightly_run.2026/01/01", "ünïcode", "-", "x".repeat(200)])(
    "is one that SageMaker takes: %s",
    (runId) => {
      const name = jobName(runId, requests);
      expect(name).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
      expect(name.length).toBeLessThanOrEqual(63);
    },
  );

  it("is the same for the same run", () => {
    expect(jobName("run-1", requests)).toBe(jobName("run-1", requests));
  });

  it("is another one for a run of the same id in another workspace", () => {
    expect(jobName("run-1", requests)).not.toBe(jobName("run-1", "s3://other/runs/x/requests/"));
  });
});

describe("the link to a job's logs", () => {
  it("opens the console on the streams of that job", () => {
    expect(logLink("eu-west-1", "job-1")).toBe(
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/" +
        "$252Faws$252Fsagemaker$252FTransformJobs$3FlogStreamNameFilter$3Djob-1$252F",
    );
  });
});

import { describe, expect, it } from "vitest";
import { endpointBesidesAws } from "../../../../src/aws/service-client.ts";
import { jobPlace, logPlace } from "../../../../src/backends/sagemaker/job/job-place.ts";

const at = (env: Readonly<Record<string, string>>) => ({
  region: "us-east-1",
  endpoint: endpointBesidesAws("SAGEMAKER", env),
});

describe("a transform job", () => {
  it.each([
    {},
    { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4566" },
    { AWS_ENDPOINT_URL_SAGEMAKER: "https://vpce-1-a.api.sagemaker.us-east-1.vpce.amazonaws.com" },
    { AWS_ENDPOINT_URL: "http://127.0.0.1:4570", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
  ])("of AWS is to be seen in AWS's console: %j", (env) => {
    expect(jobPlace(at(env), "job-1")).toMatch(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/sagemaker\//);
    expect(logPlace(at(env), "job-1")).toMatch(/^https:\/\/us-east-1\.console\.aws\.amazon\.com\/cloudwatch\//);
  });

  it.each(["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"])("of another cloud is to be seen there: %s", (name) => {
    const there = at({ [name]: "http://127.0.0.1:4570" });
    expect(jobPlace(there, "job-1")).toBe("It runs at http://127.0.0.1:4570");
    expect(logPlace(there, "job-1")).toBe(
      "group /aws/sagemaker/TransformJobs, streams job-1/…, in the CloudWatch Logs at http://127.0.0.1:4570",
    );
  });
});

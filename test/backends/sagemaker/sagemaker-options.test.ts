import { describe, expect, it } from "vitest";
import { sagemakerBackend } from "../../../src/backends/sagemaker/index.ts";
import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";

const model_name = "flights";
const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/flights:3";
const execution_role_arn = "arn:aws:iam::123456789012:role/scoring";

/** The complaint about the options, or a failed test when there is none. */
function complaint(options: Readonly<Record<string, unknown>>): ScoreframeError {
  try {
    sagemakerBackend.parseOptions(options);
  } catch (error) {
    if (ScoreframeError.is(error)) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

describe("options of the sagemaker backend", () => {
  it.each([
    ["no model", {}, "backend.model_name is missing"],
    ["a name with an underscore", { model_name: "my_model" }, "letters, digits and hyphens"],
    ["a name that ends with a hyphen", { model_name: "my-" }, "no hyphen at its ends"],
    ["a name of 64 characters", { model_name: "a".repeat(64) }, "up to 63"],
    ["a role without an image", { model_name, execution_role_arn }, "is for a model that is made of an image"],
    ["a version without a name", { image, execution_role_arn, version: 3 }, "set `model_name`, too"],
    ["a version that YAML has read as a fraction", { model_name, version: 1.1 }, "must be in quotes"],
    ["two numbers of instances", { model_name, instance_count: 2, max_instance_count: 4 }, "remove one of them"],
    ["an image without a role", { image }, "backend.execution_role_arn is missing"],
    ["a role that is not an ARN", { image, execution_role_arn: "scoring" }, "must be the ARN of a role"],
    ["a model that is no archive", { image, execution_role_arn, model_data_url: "s3://b/model" }, "model.tar.gz"],
    ["subnets alone", { image, execution_role_arn, subnets: ["subnet-1"] }, "1 to 5 security groups"],
    ["an instance of EC2", { model_name, instance_type: "c5.xlarge" }, "such as ml.c5.xlarge"],
    ["no instance", { model_name, instance_count: 0 }, "from 1 to 100"],
    ["more than 100 MB in flight", { model_name, max_payload_mb: 30, max_concurrent_transforms: 4 }, "4 × 30 = 120 MB"],
    ["a time limit of two hours", { model_name, invocations_timeout_s: 7200 }, "from 1 to 3600"],
    ["four retries", { model_name, invocations_max_retries: 4 }, "from 0 to 3"],
    ["a long filter", { model_name, input_filter: `$.${"a".repeat(62)}` }, "has 64 characters, and SageMaker takes 63"],
    ["a filter with an underscore", { model_name, output_filter: "$.row_id" }, 'backend.output_filter holds "_"'],
    ["a filter with a question", { model_name, input_filter: "$[?(@.n>1)]" }, 'backend.input_filter holds "?"'],
    ["a filter of a bare name", { model_name, output_filter: "predictions" }, "must begin with $"],
    ["a filter of two ranges", { model_name, input_filter: "$[0:2,246:]" }, "has more than one range"],
    [
      "a variable with a blank",
      { model_name, environment: { "A B": "1" } },
      "is not a valid name of an environment variable",
    ],
    [
      "17 variables",
      { model_name, environment: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`V${n}`, ""])) },
      "has 17 variables, and SageMaker takes 16",
    ],
    [
      "more than 32 KB of variables",
      {
        image,
        execution_role_arn,
        model_environment: Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`V${n}`, "x".repeat(1000)])),
      },
      "and SageMaker takes 32768 of a container",
    ],
    ["a tag of AWS's own", { model_name, tags: { "aws:x": "1" } }, "not beginning with aws:"],
    ["a tag with a star", { model_name, tags: { team: "*" } }, "backend.tags.team is not a valid tag"],
    ["an unknown option", { model_name, instance_typ: "ml.c5.xlarge" }, "Did you mean `instance_type`?"],
  ])("reject %s", (_, options, message) => {
    const error = complaint(options);
    expect(error.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error.message).toContain(message);
  });

  it("say how many transforms fit beside a payload", () => {
    const { message } = complaint({ model_name, max_payload_mb: 30, max_concurrent_transforms: 4 });
    expect(message).toContain("With max_payload_mb: 30, at most 3 fit.");
  });

  it("never repeat the value of a variable", () => {
    const { message } = complaint({ model_name, environment: { TOKEN: `hunter2${"x".repeat(10_240)}` } });
    expect(message).toContain("backend.environment.TOKEN has 10247 characters");
    expect(message).not.toContain("hunter2");
  });

  it("take 100 MB in flight", () => {
    expect(() =>
      sagemakerBackend.parseOptions({ model_name, max_payload_mb: 25, max_concurrent_transforms: 4 }),
    ).not.toThrow();
  });

  it("bound a request line by the payload", () => {
    const backend = sagemakerBackend.create(sagemakerBackend.parseOptions({ model_name, max_payload_mb: 2 }));
    expect(backend.capabilities.maxRequestBytes).toBe(1_999_999);
  });
});

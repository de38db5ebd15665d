import { z } from "zod";
import { contentTypeOptions } from "../shared/options/content-type-options.ts";
import { filterComplaint } from "./job/filter-rule.ts";
import type { OptionComplaint } from "./option-rules.ts";
import { optionsComplaint, tagsComplaint, variablesComplaint } from "./option-rules.ts";
import { DEFAULT_PAYLOAD_MB, MOST_MB_IN_FLIGHT } from "./sagemaker-capabilities.ts";

// The patterns and limits are those of the service's API model (CreateTransformJob, CreateModel).
const MODEL_NAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const INSTANCE_TYPE = /^ml\.[a-z0-9-]+\.[a-z0-9]+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const KMS_KEY = /^[a-zA-Z0-9:/_-]{1,2048}$/;
const S3_URI = /^s3:\/\/[^/]+\/?.*$/;
const MOST_JOB_VARIABLES = 16;
const MOST_MODEL_VARIABLES = 100;

const text = z.string().min(1);
const matching = (pattern: RegExp, rule: string) => text.regex(pattern, `must be ${rule}.`);
const kmsKey = matching(KMS_KEY, "the id, ARN or alias of a KMS key");
const count = (min: number, max: number, initial: number) => z.int().min(min).max(max).default(initial);

/** Adds the complaint of a rule to the issues of a value. */
function rule<Value>(complain: (value: Value) => OptionComplaint | null): z.core.CheckFn<Value> {
  return ({ value, issues }) => {
    const found = complain(value);
    if (found !== null) issues.push({ code: "custom", path: [...found.path], message: found.message, input: value });
  };
}

const filter = text
  .check(
    rule((value) => {
      const message = filterComplaint(value, "application/json");
      return message === null ? null : { path: [], message };
    }),
  )
  .default("$");

const variables = (most: number, mostCharacters: number) =>
  z
    .record(z.string(), z.string())
    .check(rule((value: Record<string, string>) => variablesComplaint(value, most, mostCharacters)));

/** The options of `backend: { kind: sagemaker }`: parsing, types, the published JSON Schema and the table of the reference page come from it. */
export const sagemakerOptionsSchema = z
  .strictObject({
    model_name: matching(MODEL_NAME, "a model's name: up to 63 letters, digits and hyphens, no hyphen at its ends")
      .optional()
      .describe("A model that exists in SageMaker."),
    version: z
      .union([text, z.number()])
      .check(
        rule((value) =>
          Number.isInteger(value) || typeof value === "string"
            ? null
            : { path: [], message: "must be in quotes if it is not a whole number." },
        ),
      )
      .optional()
      .describe(
        "With `model_name`: `<model_name>-<version>` is used if it exists, else `<model_name>-v<version>`, else `<model_name>`, with a warning.",
      ),
    image: matching(/^\S{1,255}$/, "the address of a container image in ECR")
      .optional()
      .describe(
        "A container image: a model is made for the run, tagged, and deleted after it. With `model_name` it is a copy of that model in this image, unless the " +
          "model has the image already.",
      ),
    model_data_url: matching(/^(https|s3):\/\/.+\.tar\.gz$/, "the address of a model.tar.gz: s3://bucket/model.tar.gz")
      .optional()
      .describe("With `image`: the `model.tar.gz`."),
    execution_role_arn: matching(ROLE_ARN, "the ARN of a role, such as arn:aws:iam::123456789012:role/name")
      .optional()
      .describe(
        "With `image`: the role that SageMaker assumes. Required if no model exists to take it from; a SageMaker that is not AWS " +
          "(`AWS_ENDPOINT_URL_SAGEMAKER`) needs none.",
      ),
    model_environment: variables(MOST_MODEL_VARIABLES, 1024)
      .optional()
      .describe("With `image`: variables of the container, up to 100."),
    network_isolation: z.boolean().optional().describe("With `image`: no network for the container."),
    subnets: z.array(text).optional().describe("With `image`: 1 to 16 subnets of a VPC."),
    security_group_ids: z.array(text).optional().describe("With `subnets`: 1 to 5 security groups."),
    region: text.optional().describe("The region of SageMaker. Without it: what the AWS SDK finds."),
    profile: text
      .optional()
      .describe("A profile of `~/.aws/config`, for SageMaker. Without it: what the AWS SDK finds."),
    instance_type: matching(INSTANCE_TYPE, "an instance type of SageMaker, such as ml.c5.xlarge")
      .default("ml.c5.xlarge")
      .describe(
        "A misspelt one is rejected before the source is read; one that may be newer than the installed SDK is a warning.",
      ),
    instance_count: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("A file is the work of one instance: more instances than files are idle. Without it: 1."),
    max_instance_count: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe("Instead of `instance_count`: at most this many, and no more than there are request files."),
    ...contentTypeOptions,
    batch_strategy: z
      .enum(["single_record", "multi_record"])
      .default("single_record")
      .describe(
        "`single_record`: a request line is one invocation. `multi_record`: as many lines as fit in the payload; the container must take several " +
          "and answer each with a line.",
      ),
    max_payload_mb: count(1, MOST_MB_IN_FLIGHT, DEFAULT_PAYLOAD_MB).describe(
      "Most megabytes of an invocation. No request line is larger.",
    ),
    max_concurrent_transforms: count(0, MOST_MB_IN_FLIGHT, 1).describe(
      "Invocations at a time on each instance; 0 is what the container advises. Times `max_payload_mb` at most 100.",
    ),
    invocations_timeout_s: count(1, 3600, 600).describe("Of one invocation."),
    invocations_max_retries: count(0, 3, 3).describe("How often SageMaker repeats an invocation that failed."),
    environment: variables(MOST_JOB_VARIABLES, 10_240).default({}).describe("Variables of the job, up to 16."),
    input_filter: filter.describe("JSONPath: what of a request line the container gets. See [Filters](#filters)."),
    output_filter: filter.describe("JSONPath: what of its response is kept."),
    join_source: z
      .enum(["none", "input"])
      .default("none")
      .describe("`input` sets the response beside its request, and each is [compared](#filters) with what was sent."),
    output_kms_key_id: kmsKey.optional().describe("Key for the responses."),
    volume_kms_key_id: kmsKey.optional().describe("Key for the instances' disks."),
    transform_ami_version: matching(/^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/, "such as al2-ami-sagemaker-batch-gpu-535")
      .optional()
      .describe("Driver image for GPUs."),
    data_capture_s3_uri: matching(S3_URI, "an address such as s3://bucket/prefix")
      .optional()
      .describe("Where SageMaker records what went in and out."),
    data_capture_kms_key_id: kmsKey.optional().describe("Key for that."),
    tags: z
      .record(z.string(), z.string())
      .check(rule(tagsComplaint))
      .default({})
      .describe("Of the job, and of a model that is made. `scoreframe:run` is added."),
    poll_interval_s: z
      .number()
      .min(0.05)
      .max(3600)
      .default(10)
      .describe("How often the job's state is queried, varied by up to a fifth."),
    price_per_hour: z
      .number()
      .min(0)
      .max(10_000)
      .optional()
      .describe("USD of one instance. Without it: the price list's."),
    max_cost_usd: z
      .number()
      .min(0.01)
      .max(1_000_000)
      .optional()
      .describe(
        "The job is stopped when its cost is seen to reach this amount: [a little later](#cost). Needs a price.",
      ),
    deadline_s: z
      .number()
      .min(1)
      .max(30 * 86_400)
      .optional()
      .describe("How many seconds after its submission the job is stopped."),
  })
  .check(rule(optionsComplaint));

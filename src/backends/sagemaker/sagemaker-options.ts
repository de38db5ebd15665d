import type { OptionReader } from "../shared/option-reader.ts";
import { createOptionReader } from "../shared/option-reader.ts";
import { filterComplaint } from "./filter-rule.ts";
import { DEFAULT_PAYLOAD_MB, MOST_MB_IN_FLIGHT } from "./sagemaker-capabilities.ts";

/** A model that exists in SageMaker, or a container image of which one is made for the run. */
export type ModelChoice =
  | { readonly name: string }
  | {
      readonly image: string;
      readonly modelDataUrl: string | null;
      readonly executionRoleArn: string;
      readonly environment: Readonly<Record<string, string>>;
      readonly networkIsolation: boolean;
      readonly vpc: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] } | null;
    };

/** The job's `backend` object, checked against the rules of the service. */
export type SagemakerOptions = {
  readonly model: ModelChoice;
  readonly region: string | null;
  readonly profile: string | null;
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly batchStrategy: "SingleRecord" | "MultiRecord";
  readonly maxPayloadMb: number;
  /** 0: what the container advises. */
  readonly maxConcurrentTransforms: number;
  readonly invocationsTimeoutSeconds: number;
  readonly invocationsMaxRetries: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly inputFilter: string;
  readonly outputFilter: string;
  readonly joinSource: "None" | "Input";
  readonly outputKmsKeyId: string | null;
  readonly volumeKmsKeyId: string | null;
  readonly amiVersion: string | null;
  readonly dataCapture: { readonly s3Uri: string; readonly kmsKeyId: string | null } | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly pollIntervalMs: number;
  /** USD of one instance for an hour; null where the price list is to be asked. */
  readonly pricePerHour: number | null;
  readonly maxCostUsd: number | null;
  /** Seconds from the opening of the backend to the moment at which the job is stopped; null without a limit. */
  readonly deadlineSeconds: number | null;
};

/** Every option, as it stands in the job. */
export const SAGEMAKER_OPTION_NAMES = [
  "model_name",
  "image",
  "model_data_url",
  "execution_role_arn",
  "model_environment",
  "network_isolation",
  "subnets",
  "security_group_ids",
  "region",
  "profile",
  "instance_type",
  "instance_count",
  "batch_strategy",
  "max_payload_mb",
  "max_concurrent_transforms",
  "invocations_timeout_s",
  "invocations_max_retries",
  "environment",
  "input_filter",
  "output_filter",
  "join_source",
  "output_kms_key_id",
  "volume_kms_key_id",
  "transform_ami_version",
  "data_capture_s3_uri",
  "data_capture_kms_key_id",
  "tags",
  "poll_interval_s",
  "price_per_hour",
  "max_cost_usd",
  "deadline_s",
] as const;

/** Those that make a model, and mean nothing for one that exists. */
const IMAGE_OPTIONS = [
  "model_data_url",
  "execution_role_arn",
  "model_environment",
  "network_isolation",
  "subnets",
  "security_group_ids",
] as const;

// The patterns and limits are those of the service's API model (CreateTransformJob, CreateModel).
const MODEL_NAME = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const INSTANCE_TYPE = /^ml\.[a-z0-9-]+\.[a-z0-9]+$/;
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const KMS_KEY = /^[a-zA-Z0-9:/_-]{1,2048}$/;
const S3_URI = /^s3:\/\/[^/]+\/?.*$/;
const VARIABLE = /^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/;
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const MOST_JOB_VARIABLES = 16;
const MOST_MODEL_VARIABLES = 100;
/** Of a container's variables together, names and values. */
const MOST_MODEL_VARIABLE_BYTES = 32_768;
/** Of 50; one is ours. */
const MOST_TAGS = 49;

/** Throws BACKEND_OPTIONS_INVALID, which names the option and the rule. */
export function parseSagemakerOptions(input: Readonly<Record<string, unknown>>): SagemakerOptions {
  const reader = createOptionReader("sagemaker", input, SAGEMAKER_OPTION_NAMES);
  const matching = (name: string, pattern: RegExp, rule: string): string | null => {
    const text = reader.text(name);
    if (text !== undefined && !pattern.test(text)) throw reader.invalid(name, `must be ${rule}.`);
    return text ?? null;
  };
  const count = (name: string, min: number, max: number, fallback: number): number =>
    reader.number(name, { min, max, integer: true }) ?? fallback;
  const filter = (name: string): string => {
    const text = reader.text(name) ?? "$";
    const complaint = filterComplaint(text, "application/json");
    if (complaint !== null) throw reader.invalid(name, complaint);
    return text;
  };
  const captureUri = matching("data_capture_s3_uri", S3_URI, "an address such as s3://bucket/prefix");
  const captureKey = matching("data_capture_kms_key_id", KMS_KEY, "the id, ARN or alias of a KMS key");
  const options: SagemakerOptions = {
    model: readModel(reader, input, matching),
    region: reader.text("region") ?? null,
    profile: reader.text("profile") ?? null,
    instanceType:
      matching("instance_type", INSTANCE_TYPE, "an instance type of SageMaker, such as ml.c5.xlarge") ?? "ml.c5.xlarge",
    instanceCount: count("instance_count", 1, 100, 1),
    batchStrategy:
      reader.oneOf("batch_strategy", ["single_record", "multi_record"]) === "multi_record"
        ? "MultiRecord"
        : "SingleRecord",
    maxPayloadMb: count("max_payload_mb", 1, MOST_MB_IN_FLIGHT, DEFAULT_PAYLOAD_MB),
    maxConcurrentTransforms: count("max_concurrent_transforms", 0, MOST_MB_IN_FLIGHT, 1),
    invocationsTimeoutSeconds: count("invocations_timeout_s", 1, 3600, 600),
    invocationsMaxRetries: count("invocations_max_retries", 0, 3, 3),
    environment: readVariables(reader, "environment", MOST_JOB_VARIABLES, 10_240),
    inputFilter: filter("input_filter"),
    outputFilter: filter("output_filter"),
    joinSource: reader.oneOf("join_source", ["none", "input"]) === "input" ? "Input" : "None",
    outputKmsKeyId: matching("output_kms_key_id", KMS_KEY, "the id, ARN or alias of a KMS key"),
    volumeKmsKeyId: matching("volume_kms_key_id", KMS_KEY, "the id, ARN or alias of a KMS key"),
    amiVersion: matching(
      "transform_ami_version",
      /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/,
      "such as al2-ami-sagemaker-batch-gpu-535",
    ),
    dataCapture: captureUri === null ? null : { s3Uri: captureUri, kmsKeyId: captureKey },
    tags: readTags(reader),
    pollIntervalMs: (reader.number("poll_interval_s", { min: 0.05, max: 3600 }) ?? 10) * 1000,
    pricePerHour: reader.number("price_per_hour", { min: 0, max: 10_000 }) ?? null,
    maxCostUsd: reader.number("max_cost_usd", { min: 0.01, max: 1_000_000 }) ?? null,
    deadlineSeconds: reader.number("deadline_s", { min: 1, max: 30 * 86_400 }) ?? null,
  };
  refuseTooMuchInFlight(reader, options);
  refuseBareJoin(reader, options);
  return Object.freeze(options);
}

/** MaxConcurrentTransforms × MaxPayloadInMB. */
function refuseTooMuchInFlight(
  reader: OptionReader,
  { maxPayloadMb, maxConcurrentTransforms }: SagemakerOptions,
): void {
  const product = maxPayloadMb * maxConcurrentTransforms;
  if (product <= MOST_MB_IN_FLIGHT) return;
  throw reader.invalid(
    "max_concurrent_transforms",
    `× backend.max_payload_mb is ${maxConcurrentTransforms} × ${maxPayloadMb} = ${product} MB, and SageMaker takes ${MOST_MB_IN_FLIGHT}. ` +
      `With max_payload_mb: ${maxPayloadMb}, at most ${Math.floor(MOST_MB_IN_FLIGHT / maxPayloadMb)} fit.`,
  );
}

/** A joined record has the answer below the request, where no protocol looks for it. */
function refuseBareJoin(reader: OptionReader, { joinSource, outputFilter }: SagemakerOptions): void {
  if (joinSource === "None" || outputFilter !== "$") return;
  throw reader.invalid(
    "join_source",
    "set to input would put each answer below SageMakerOutput, or behind the cells of its row, where predictions are not looked for. scoreframe sets answers " +
      "beside their rows by itself: leave it out, or choose with backend.output_filter what is the answer ($.SageMakerOutput; of csv $[-1]).",
  );
}

function readModel(
  reader: OptionReader,
  input: Readonly<Record<string, unknown>>,
  matching: (name: string, pattern: RegExp, rule: string) => string | null,
): ModelChoice {
  const name = matching(
    "model_name",
    MODEL_NAME,
    "a model's name: up to 63 letters, digits and hyphens, no hyphen at its ends",
  );
  const image = matching("image", /^\S{1,255}$/, "the address of a container image in ECR");
  if (name !== null) {
    const surplus = ["image", ...IMAGE_OPTIONS].find((option) => input[option] !== undefined);
    if (surplus === undefined) return { name };
    throw reader.invalid(surplus, "makes a new model, and `model_name` names one that exists: leave one of them out.");
  }
  if (image === null) {
    throw reader.invalid(
      "model_name",
      "is missing: a model that exists in SageMaker, or `image` and `execution_role_arn` to have one made.",
    );
  }
  const role = matching(
    "execution_role_arn",
    ROLE_ARN,
    "the ARN of a role, such as arn:aws:iam::123456789012:role/name",
  );
  if (role === null)
    throw reader.invalid("execution_role_arn", "is missing: the role that SageMaker takes to run the image.");
  const environment = readVariables(reader, "model_environment", MOST_MODEL_VARIABLES, 1024);
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(""));
  if (bytes > MOST_MODEL_VARIABLE_BYTES) {
    throw reader.invalid(
      "model_environment",
      `has ${bytes} bytes, and SageMaker takes ${MOST_MODEL_VARIABLE_BYTES} of a container.`,
    );
  }
  return {
    image,
    executionRoleArn: role,
    modelDataUrl: matching(
      "model_data_url",
      /^(https|s3):\/\/.+\.tar\.gz$/,
      "the address of a model.tar.gz: s3://bucket/model.tar.gz",
    ),
    environment,
    networkIsolation: reader.flag("network_isolation") ?? false,
    vpc: readVpc(reader),
  };
}

function readVpc(reader: OptionReader): { subnets: readonly string[]; securityGroups: readonly string[] } | null {
  const subnets = reader.list("subnets");
  const securityGroups = reader.list("security_group_ids");
  if (subnets === undefined && securityGroups === undefined) return null;
  if (subnets === undefined || subnets.length < 1 || subnets.length > 16)
    throw reader.invalid("subnets", "must be a list of 1 to 16 subnets.");
  if (securityGroups === undefined || securityGroups.length < 1 || securityGroups.length > 5) {
    throw reader.invalid("security_group_ids", "must be a list of 1 to 5 security groups.");
  }
  return { subnets, securityGroups };
}

function readVariables(
  reader: OptionReader,
  option: string,
  most: number,
  mostCharacters: number,
): Readonly<Record<string, string>> {
  const variables = reader.texts(option) ?? {};
  const names = Object.keys(variables);
  if (names.length > most) throw reader.invalid(option, `has ${names.length} variables, and SageMaker takes ${most}.`);
  for (const [name, value] of Object.entries(variables)) {
    if (!VARIABLE.test(name)) throw reader.invalid(`${option}.${name}`, "is no name of an environment variable.");
    if (value.length > mostCharacters) {
      throw reader.invalid(
        `${option}.${name}`,
        `has ${value.length} characters, and SageMaker takes ${mostCharacters}.`,
      );
    }
  }
  return variables;
}

function readTags(reader: OptionReader): Readonly<Record<string, string>> {
  const tags = reader.texts("tags") ?? {};
  const names = Object.keys(tags);
  if (names.length > MOST_TAGS)
    throw reader.invalid("tags", `has ${names.length} tags; ${MOST_TAGS} fit beside those of scoreframe.`);
  for (const [name, value] of Object.entries(tags)) {
    const fits = name.length >= 1 && name.length <= 128 && value.length <= 256 && TAG.test(name) && TAG.test(value);
    if (!fits || /^aws:/i.test(name)) {
      throw reader.invalid(
        `tags.${name}`,
        "is no tag: up to 128 and 256 letters, digits, blanks and _ . : / = + - @, not beginning with aws:.",
      );
    }
  }
  return tags;
}

import type { z } from "zod";
import { readOptions } from "../shared/options/read-options.ts";
import { sagemakerOptionsSchema } from "./sagemaker-options-schema.ts";

/** A model that exists in SageMaker, a container image of which one is made for the run, or a model that is run in another image. */
export type ModelChoice = {
  readonly name: string | null;
  readonly version: string | null;
  readonly container: ContainerChoice | null;
};

/** What a model is made of; null is taken from the model of that name, if there is one. */
export type ContainerChoice = {
  readonly image: string;
  readonly modelDataUrl: string | null;
  readonly executionRoleArn: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly networkIsolation: boolean | null;
  readonly vpc: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[] } | null;
};

/** The job's `backend` object, checked against the rules of the service. */
export type SagemakerOptions = {
  readonly model: ModelChoice;
  readonly region: string | null;
  readonly profile: string | null;
  readonly instanceType: string;
  readonly instanceCount: number;
  /** Whether a job with fewer files gets fewer instances (`max_instance_count`). */
  readonly instanceCountIsMost: boolean;
  /** Null is the protocol's; so is the accepted type. */
  readonly contentType: string | null;
  readonly accept: string | null;
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
  /** USD of one instance for an hour; null if the price list is to be asked. */
  readonly pricePerHour: number | null;
  readonly maxCostUsd: number | null;
  /** Seconds from the opening of the backend to the moment at which the job is stopped; null without a limit. */
  readonly deadlineSeconds: number | null;
};

/** Throws BACKEND_OPTIONS_INVALID, which names the option and the rule. */
export function parseSagemakerOptions(input: Readonly<Record<string, unknown>>): SagemakerOptions {
  const options = readOptions("sagemaker", sagemakerOptionsSchema, input);
  const captureUri = options.data_capture_s3_uri;
  return Object.freeze({
    model: modelOf(options),
    region: options.region ?? null,
    profile: options.profile ?? null,
    instanceType: options.instance_type,
    instanceCount: options.max_instance_count ?? options.instance_count ?? 1,
    instanceCountIsMost: options.max_instance_count !== undefined,
    contentType: options.content_type ?? null,
    accept: options.accept ?? null,
    batchStrategy: options.batch_strategy === "multi_record" ? "MultiRecord" : "SingleRecord",
    maxPayloadMb: options.max_payload_mb,
    maxConcurrentTransforms: options.max_concurrent_transforms,
    invocationsTimeoutSeconds: options.invocations_timeout_s,
    invocationsMaxRetries: options.invocations_max_retries,
    environment: options.environment,
    inputFilter: options.input_filter,
    outputFilter: options.output_filter,
    joinSource: options.join_source === "input" ? "Input" : "None",
    outputKmsKeyId: options.output_kms_key_id ?? null,
    volumeKmsKeyId: options.volume_kms_key_id ?? null,
    amiVersion: options.transform_ami_version ?? null,
    dataCapture:
      captureUri === undefined ? null : { s3Uri: captureUri, kmsKeyId: options.data_capture_kms_key_id ?? null },
    tags: options.tags,
    pollIntervalMs: options.poll_interval_s * 1000,
    pricePerHour: options.price_per_hour ?? null,
    maxCostUsd: options.max_cost_usd ?? null,
    deadlineSeconds: options.deadline_s ?? null,
  });
}

function modelOf(options: z.output<typeof sagemakerOptionsSchema>): ModelChoice {
  const { model_name: name = null, version, image, subnets, security_group_ids: groups } = options;
  const container: ContainerChoice | null =
    image === undefined
      ? null
      : {
          image,
          executionRoleArn: options.execution_role_arn ?? null,
          modelDataUrl: options.model_data_url ?? null,
          environment: options.model_environment ?? {},
          networkIsolation: options.network_isolation ?? null,
          vpc: subnets === undefined || groups === undefined ? null : { subnets, securityGroups: groups },
        };
  return { name, version: version === undefined ? null : String(version), container };
}

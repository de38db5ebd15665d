import { BatchStrategy, TransformInstanceType, TransformJobStatus } from "@aws-sdk/client-sagemaker";
import { mapOf, optional, required, structure } from "../../host/shapes/containers.ts";
import { oneOf, text, whole } from "../../host/shapes/scalars.ts";
import type { ValueOf } from "../../host/shapes/shape.ts";
import { unsupported } from "../../host/shapes/unsupported.ts";
import { TAG_LIST } from "../../host/tags.ts";
import { JOB_NAME, KMS_KEY, MODEL_NAME, S3_URI } from "./names.ts";

const MIME_TYPE = text({ max: 256, pattern: ".*" });

const S3_DATA_SOURCE = structure({
  S3DataType: required(oneOf(["ManifestFile", "S3Prefix", "AugmentedManifestFile", "Converse"])),
  S3Uri: required(S3_URI),
});

const TRANSFORM_INPUT = structure({
  DataSource: required(structure({ S3DataSource: required(S3_DATA_SOURCE) })),
  ContentType: optional(MIME_TYPE),
  CompressionType: optional(oneOf(["None", "Gzip"])),
  SplitType: optional(oneOf(["None", "Line", "RecordIO", "TFRecord"])),
});

const TRANSFORM_OUTPUT = structure({
  S3OutputPath: required(S3_URI),
  Accept: optional(MIME_TYPE),
  AssembleWith: optional(oneOf(["None", "Line"])),
  KmsKeyId: optional(KMS_KEY),
});

const TRANSFORM_RESOURCES = structure({
  InstanceType: required(oneOf(Object.values(TransformInstanceType))),
  InstanceCount: required(whole({ min: 1, max: 100 })),
  VolumeKmsKeyId: optional(KMS_KEY),
  TransformAmiVersion: optional(text({ min: 1, max: 63, pattern: "[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*" })),
});

const FILTER = text({ max: 63 });

export const CREATE_TRANSFORM_JOB = structure({
  TransformJobName: required(JOB_NAME),
  ModelName: required(MODEL_NAME),
  MaxConcurrentTransforms: optional(whole({ min: 0 })),
  ModelClientConfig: optional(
    structure({
      InvocationsTimeoutInSeconds: optional(whole({ min: 1, max: 3600 })),
      InvocationsMaxRetries: optional(whole({ min: 0, max: 3 })),
    }),
  ),
  MaxPayloadInMB: optional(whole({ min: 0, max: 100 })),
  BatchStrategy: optional(oneOf(Object.values(BatchStrategy))),
  Environment: optional(
    mapOf(text({ max: 1024, pattern: "[a-zA-Z_][a-zA-Z0-9_]{0,1023}" }), text({ max: 10_240 }), { max: 16 }),
  ),
  TransformInput: required(TRANSFORM_INPUT),
  TransformOutput: required(TRANSFORM_OUTPUT),
  DataCaptureConfig: optional(unsupported("Leave it out: nothing is captured.")),
  TransformResources: required(TRANSFORM_RESOURCES),
  DataProcessing: optional(
    structure({
      InputFilter: optional(FILTER),
      OutputFilter: optional(FILTER),
      JoinSource: optional(oneOf(["Input", "None"])),
    }),
  ),
  Tags: optional(TAG_LIST),
  ExperimentConfig: optional(unsupported("Leave it out: there are no experiments.")),
});

export type CreateTransformJobInput = ValueOf<typeof CREATE_TRANSFORM_JOB>;

export const TRANSFORM_JOB_STATUSES = Object.values(TransformJobStatus);

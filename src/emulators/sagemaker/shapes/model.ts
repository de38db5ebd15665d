import { list, mapOf, optional, required, structure } from "../../host/shapes/containers.ts";
import { flag, oneOf, text } from "../../host/shapes/scalars.ts";
import type { ValueOf } from "../../host/shapes/shape.ts";
import { unsupported } from "../../host/shapes/unsupported.ts";
import { TAG_LIST } from "../../host/tags.ts";
import { MODEL_NAME, ROLE_ARN, S3_URI } from "./names.ts";

const ENVIRONMENT = mapOf(text({ max: 1024, pattern: "[a-zA-Z_][a-zA-Z0-9_]*" }), text({ max: 1024 }), { max: 100 });

const CONTAINER = structure({
  ContainerHostname: optional(text({ max: 63, pattern: "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}" })),
  Image: optional(text({ max: 255, pattern: "[\\S]+" })),
  ImageConfig: optional(unsupported("Leave it out: images are not pulled.")),
  Mode: optional(oneOf(["SingleModel", "MultiModel"])),
  ModelDataUrl: optional(S3_URI),
  ModelDataSource: optional(unsupported("Batch transform cannot use it either; give ModelDataUrl.")),
  AdditionalModelDataSources: optional(unsupported("Leave it out: no model data is loaded.")),
  Environment: optional(ENVIRONMENT),
  ModelPackageName: optional(unsupported("Name the Image itself.")),
  InferenceSpecificationName: optional(unsupported("Name the Image itself.")),
  MultiModelConfig: optional(unsupported("Multi-model containers do not apply to batch transform.")),
});

const VPC_CONFIG = structure({
  SecurityGroupIds: required(list(text({ max: 32, pattern: "[-0-9a-zA-Z]+" }), { min: 1, max: 5 })),
  Subnets: required(list(text({ max: 32, pattern: "[-0-9a-zA-Z]+" }), { min: 1, max: 16 })),
});

export const CREATE_MODEL = structure({
  ModelName: required(MODEL_NAME),
  PrimaryContainer: optional(CONTAINER),
  Containers: optional(list(CONTAINER, { max: 15 })),
  InferenceExecutionConfig: optional(unsupported("It belongs to pipelines of containers; give one PrimaryContainer.")),
  ExecutionRoleArn: optional(ROLE_ARN),
  Tags: optional(TAG_LIST),
  VpcConfig: optional(VPC_CONFIG),
  EnableNetworkIsolation: optional(flag()),
});

export type CreateModelInput = ValueOf<typeof CREATE_MODEL>;
export type Container = ValueOf<typeof CONTAINER>;

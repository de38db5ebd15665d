import { arnOf } from "../../host/arn.ts";
import type { Operation } from "../../host/operation.ts";
import { notEmulated, ServiceError, validationError } from "../../host/service-error.ts";
import { readInput } from "../../host/shapes/shape.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import type { Container, CreateModelInput } from "../shapes/model.ts";
import { CREATE_MODEL } from "../shapes/model.ts";
import type { Model } from "../state/model.ts";

/** All of a container's environment together. */
const ENVIRONMENT_BYTES = 32_768;

export function createModel({ regions, containers }: SagemakerContext): Operation {
  return (body, caller) => {
    const input = readInput(CREATE_MODEL, body);
    const container = containerOf(input);
    const { models, tags } = regions.of(caller.region);
    const arn = arnOf("sagemaker", `model/${input.ModelName.toLowerCase()}`, caller);
    // Names that differ in case only would have the same ARN.
    if (tags.has(arn)) throw validationError(`Cannot create already existing model "${arn}".`);
    const problem = containers.problemOf(container);
    if (problem !== null) throw validationError(`Requested image ${container.Image} not found. ${problem}`);
    models.set(input.ModelName, { name: input.ModelName, arn, created: new Date(), container, input });
    tags.set(arn, input.Tags ?? []);
    return { ModelArn: arn };
  };
}

function containerOf({ PrimaryContainer, Containers = [], ExecutionRoleArn }: CreateModelInput): Model["container"] {
  if (PrimaryContainer !== undefined && Containers.length > 0) {
    throw validationError("Both PrimaryContainer and Containers are given; a model has one of the two.");
  }
  if (Containers.length > 1) throw notEmulated("a pipeline of 'containers'", "Give one PrimaryContainer.");
  const container = PrimaryContainer ?? Containers[0];
  if (container === undefined) throw validationError("A model needs a PrimaryContainer or Containers.");
  // The service loads model data and pulls images with this role.
  if (ExecutionRoleArn === undefined) throw validationError("A model with a container needs an ExecutionRoleArn.");
  if (container.Mode === "MultiModel") throw notEmulated("Mode 'MultiModel'", "It does not apply to batch transform.");
  checkEnvironment(container);
  if (container.Image === undefined) throw validationError("A container needs an Image.");
  return { ...container, Image: container.Image };
}

function checkEnvironment({ Environment = {} }: Container): void {
  const bytes = Buffer.byteLength(Object.entries(Environment).flat().join(""));
  if (bytes <= ENVIRONMENT_BYTES) return;
  throw new ServiceError(
    "ValidationException",
    `The Environment of the container has ${bytes} bytes; all keys and values together may have ${ENVIRONMENT_BYTES}.`,
  );
}

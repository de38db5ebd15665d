import { epochSeconds } from "../../host/epoch-seconds.ts";
import type { Operation } from "../../host/operation.ts";
import { required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { findModel } from "../find-model.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { MODEL_NAME } from "../shapes/names.ts";

const INPUT = structure({ ModelName: required(MODEL_NAME) });

export function describeModel({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { ModelName } = readInput(INPUT, body);
    const { name, arn, created, input } = findModel(regions.of(caller.region), ModelName, caller);
    const { Tags: _, ...described } = input;
    return {
      ...described,
      ModelName: name,
      ModelArn: arn,
      CreationTime: epochSeconds(created),
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
    };
  };
}

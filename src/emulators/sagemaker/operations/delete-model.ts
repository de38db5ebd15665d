import type { Operation } from "../../host/operation.ts";
import { required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { findModel } from "../find-model.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { MODEL_NAME } from "../shapes/names.ts";

const INPUT = structure({ ModelName: required(MODEL_NAME) });

/** Removes only the entry: jobs that run with the model go on. */
export function deleteModel({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { ModelName } = readInput(INPUT, body);
    const state = regions.of(caller.region);
    const { arn } = findModel(state, ModelName, caller);
    state.models.delete(ModelName);
    state.tags.delete(arn);
    return {};
  };
}

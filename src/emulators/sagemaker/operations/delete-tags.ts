import type { Operation } from "../../host/operation.ts";
import { list, required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { MOST_TAGS, TAG_KEY } from "../../host/tags.ts";
import { findTags } from "../find-tags.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { RESOURCE_ARN } from "../shapes/names.ts";

const INPUT = structure({
  ResourceArn: required(RESOURCE_ARN),
  TagKeys: required(list(TAG_KEY, { min: 1, max: MOST_TAGS })),
});

export function deleteTags({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { ResourceArn, TagKeys } = readInput(INPUT, body);
    const state = regions.of(caller.region);
    const left = findTags(state, ResourceArn).filter(({ Key }) => !TagKeys.includes(Key));
    state.tags.set(ResourceArn, left);
    return {};
  };
}

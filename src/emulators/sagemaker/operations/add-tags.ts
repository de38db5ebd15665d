import type { Operation } from "../../host/operation.ts";
import { validationError } from "../../host/service-error.ts";
import { required, structure } from "../../host/shapes/containers.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { MOST_TAGS, mergeTags, TAG_LIST } from "../../host/tags.ts";
import { findTags } from "../find-tags.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { RESOURCE_ARN } from "../shapes/names.ts";

const INPUT = structure({ ResourceArn: required(RESOURCE_ARN), Tags: required(TAG_LIST) });

/** Returns all tags of the resource. */
export function addTags({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { ResourceArn, Tags } = readInput(INPUT, body);
    const state = regions.of(caller.region);
    const merged = mergeTags(findTags(state, ResourceArn), Tags);
    if (merged.length > MOST_TAGS) {
      throw validationError(`A resource has at most ${MOST_TAGS} tags; this one would have ${merged.length}.`);
    }
    state.tags.set(ResourceArn, merged);
    return { Tags: merged };
  };
}

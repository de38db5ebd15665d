import type { Operation } from "../../host/operation.ts";
import { paginate } from "../../host/paginate.ts";
import { optional, required, structure } from "../../host/shapes/containers.ts";
import { whole } from "../../host/shapes/scalars.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { MOST_TAGS } from "../../host/tags.ts";
import { findTags } from "../find-tags.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { NEXT_TOKEN, RESOURCE_ARN } from "../shapes/names.ts";

const INPUT = structure({
  ResourceArn: required(RESOURCE_ARN),
  NextToken: optional(NEXT_TOKEN),
  MaxResults: optional(whole({ min: 50 })),
});

export function listTags({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { ResourceArn, NextToken: token, MaxResults: size = MOST_TAGS } = readInput(INPUT, body);
    const tags = findTags(regions.of(caller.region), ResourceArn);
    const { items, nextToken } = paginate(tags, { token, size, query: { ResourceArn } });
    return { Tags: items, NextToken: nextToken };
  };
}

import { epochSeconds } from "../../host/epoch-seconds.ts";
import type { Operation } from "../../host/operation.ts";
import { paginate } from "../../host/paginate.ts";
import { optional, structure } from "../../host/shapes/containers.ts";
import { oneOf } from "../../host/shapes/scalars.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { compareBy, isListed, LIST_QUERY, PAGE_SIZE } from "../list-query.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";

const INPUT = structure({ ...LIST_QUERY, SortBy: optional(oneOf(["Name", "CreationTime"])) });

export function listModels({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { NextToken: token, MaxResults: size = PAGE_SIZE, ...query } = readInput(INPUT, body);
    const models = [...regions.of(caller.region).models.values()]
      .filter((model) => isListed(model, query))
      .sort(
        compareBy(query.SortBy === "Name" ? ({ name }) => name : ({ created }) => created.getTime(), query.SortOrder),
      );
    const { items, nextToken } = paginate(models, { token, size, query });
    const Models = items.map(({ name, arn, created }) => ({
      ModelName: name,
      ModelArn: arn,
      CreationTime: epochSeconds(created),
    }));
    return { Models, NextToken: nextToken };
  };
}

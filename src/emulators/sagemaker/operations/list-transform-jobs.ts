import { epochSeconds } from "../../host/epoch-seconds.ts";
import type { Operation } from "../../host/operation.ts";
import { paginate } from "../../host/paginate.ts";
import { optional, structure } from "../../host/shapes/containers.ts";
import { oneOf, timestamp } from "../../host/shapes/scalars.ts";
import { readInput } from "../../host/shapes/shape.ts";
import { compareBy, isListed, isWithin, LIST_QUERY, PAGE_SIZE } from "../list-query.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { TRANSFORM_JOB_STATUSES } from "../shapes/transform-job.ts";
import type { TransformJob } from "../state/transform-job.ts";

const INPUT = structure({
  ...LIST_QUERY,
  LastModifiedTimeAfter: optional(timestamp()),
  LastModifiedTimeBefore: optional(timestamp()),
  StatusEquals: optional(oneOf(TRANSFORM_JOB_STATUSES)),
  SortBy: optional(oneOf(["Name", "CreationTime", "Status"])),
});

const SORT_KEYS = {
  Name: ({ name }: TransformJob) => name,
  CreationTime: ({ created }: TransformJob) => created.getTime(),
  Status: ({ status }: TransformJob) => status,
};

export function listTransformJobs({ regions }: SagemakerContext): Operation {
  return (body, caller) => {
    const { NextToken: token, MaxResults: size = PAGE_SIZE, ...query } = readInput(INPUT, body);
    const { StatusEquals, LastModifiedTimeAfter, LastModifiedTimeBefore, SortBy = "CreationTime" } = query;
    const jobs = [...regions.of(caller.region).jobs.values()]
      .filter((job) => isListed(job, query) && (StatusEquals ?? job.status) === job.status)
      .filter(({ lastModified }) => isWithin(lastModified, LastModifiedTimeAfter, LastModifiedTimeBefore))
      .sort(compareBy(SORT_KEYS[SortBy], query.SortOrder));
    const { items, nextToken } = paginate(jobs, { token, size, query });
    return { TransformJobSummaries: items.map(summarize), NextToken: nextToken };
  };
}

function summarize({ name, arn, created, ended, lastModified, status, failureReason }: TransformJob): object {
  return {
    TransformJobName: name,
    TransformJobArn: arn,
    CreationTime: epochSeconds(created),
    TransformEndTime: ended === undefined ? undefined : epochSeconds(ended),
    LastModifiedTime: epochSeconds(lastModified),
    TransformJobStatus: status,
    FailureReason: failureReason,
  };
}

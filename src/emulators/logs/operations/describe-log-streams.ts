import type { Operation } from "../../host/operation.ts";
import { paginate } from "../../host/paginate.ts";
import { ServiceError } from "../../host/service-error.ts";
import { optional, required, structure } from "../../host/shapes/containers.ts";
import { flag, oneOf, whole } from "../../host/shapes/scalars.ts";
import { readInput } from "../../host/shapes/shape.ts";
import type { LogStore, LogStream } from "../log-store.ts";
import { LOG_GROUP_NAME, LOG_STREAM_NAME, TOKEN } from "../shapes.ts";

const INPUT = structure({
  logGroupName: required(LOG_GROUP_NAME),
  logStreamNamePrefix: optional(LOG_STREAM_NAME),
  orderBy: optional(oneOf(["LogStreamName", "LastEventTime"])),
  descending: optional(flag()),
  nextToken: optional(TOKEN),
  limit: optional(whole({ min: 1, max: 50 })),
});

const PAGE_SIZE = 50;

/** Streams by their names, or by the time of their last event. */
export function describeLogStreams(store: LogStore): Operation {
  return (body, { region, account }) => {
    const { logGroupName: group, limit: size = PAGE_SIZE, nextToken: token, ...query } = readInput(INPUT, body);
    const streams = store.streams(region, group);
    if (streams === null) {
      throw new ServiceError("ResourceNotFoundException", "The specified log group does not exist.");
    }
    if (query.orderBy === "LastEventTime" && query.logStreamNamePrefix !== undefined) {
      throw new ServiceError("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    const found = [...streams.values()]
      .filter(({ name }) => name.startsWith(query.logStreamNamePrefix ?? ""))
      .sort(query.orderBy === "LastEventTime" ? byLastEvent : byName);
    if (query.descending === true) found.reverse();
    const { items, nextToken } = paginate(found, { token, size, query });
    const logStreams = items.map(({ name, created, events }) => ({
      logStreamName: name,
      creationTime: created,
      firstEventTimestamp: events[0]?.timestamp,
      lastEventTimestamp: events.at(-1)?.timestamp,
      arn: `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${name}`,
    }));
    return { logStreams, nextToken };
  };
}

function byName(left: LogStream, right: LogStream): number {
  return left.name < right.name ? -1 : 1;
}

/** Streams of the same millisecond by their names, so that pages do not overlap. */
function byLastEvent(left: LogStream, right: LogStream): number {
  const time = ({ created, events }: LogStream): number => events.at(-1)?.timestamp ?? created;
  return time(left) - time(right) || byName(left, right);
}

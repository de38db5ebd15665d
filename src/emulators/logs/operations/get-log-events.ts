import type { Operation } from "../../host/operation.ts";
import { ServiceError } from "../../host/service-error.ts";
import { optional, required, structure } from "../../host/shapes/containers.ts";
import { flag, whole } from "../../host/shapes/scalars.ts";
import { readInput } from "../../host/shapes/shape.ts";
import type { LogStore, LogStream } from "../log-store.ts";
import { LOG_GROUP_NAME, LOG_STREAM_NAME, TOKEN } from "../shapes.ts";

const INPUT = structure({
  logGroupName: required(LOG_GROUP_NAME),
  logStreamName: required(LOG_STREAM_NAME),
  startTime: optional(whole({ min: 0 })),
  endTime: optional(whole({ min: 0 })),
  nextToken: optional(TOKEN),
  limit: optional(whole({ min: 1, max: 10_000 })),
  startFromHead: optional(flag()),
});

const PAGE_SIZE = 10_000;

/** A page of a stream's lines. At either end the same token comes back, with no lines. */
export function getLogEvents(store: LogStore): Operation {
  return (body, { region }) => {
    const input = readInput(INPUT, body);
    const stream = store.streams(region, input.logGroupName)?.get(input.logStreamName);
    if (stream === undefined) {
      throw new ServiceError("ResourceNotFoundException", "The specified log stream does not exist.");
    }
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, limit = PAGE_SIZE } = input;
    const [from, to] = placesOf(stream, { ...input, limit });
    const events = stream.events
      .slice(from - stream.dropped, to - stream.dropped)
      .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
      .map((event) => ({ ...event, ingestionTime: event.timestamp }));
    return { events, nextForwardToken: `f/${to}`, nextBackwardToken: `b/${from}` };
  };
}

type Asked = { readonly nextToken?: string; readonly startFromHead?: boolean; readonly limit: number };

/** The first line of the page and the one after its last, counted from the beginning of the stream. */
function placesOf({ dropped, events }: LogStream, { nextToken, startFromHead, limit }: Asked): [number, number] {
  const end = dropped + events.length;
  const [, direction, place] = /^([fb])\/(\d+)$/.exec(nextToken ?? (startFromHead === true ? "f/0" : `b/${end}`)) ?? [];
  if (direction === undefined) {
    throw new ServiceError("InvalidParameterException", "The specified nextToken is invalid.");
  }
  const at = Math.min(end, Math.max(dropped, Number(place)));
  return direction === "f" ? [at, Math.min(end, at + limit)] : [Math.max(dropped, at - limit), at];
}

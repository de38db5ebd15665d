import type { EmulatedService } from "../host/operation.ts";
import type { LogStore } from "./log-store.ts";
import { describeLogStreams } from "./operations/describe-log-streams.ts";
import { getLogEvents } from "./operations/get-log-events.ts";

/** The part of CloudWatch Logs that clients need to show the log of a job while they wait for it. */
export function logsService(store: LogStore): EmulatedService {
  return {
    signingName: "logs",
    targetPrefix: "Logs_20140328",
    operations: { DescribeLogStreams: describeLogStreams(store), GetLogEvents: getLogEvents(store) },
  };
}

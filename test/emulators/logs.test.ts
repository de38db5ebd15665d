import { describe, expect, it } from "vitest";
import type { LogStore } from "../../src/emulators/logs/log-store.ts";
import { createLogStore } from "../../src/emulators/logs/log-store.ts";
import { logsService } from "../../src/emulators/logs/logs-service.ts";

const CALLER = { region: "us-east-1", account: "000000000000" };
const GROUP = "/aws/sagemaker/TransformJobs";

function ask(store: LogStore, operation: string, input: object): Record<string, never> {
  return logsService(store).operations[operation]?.(input, CALLER) as Record<string, never>;
}

function storeWith(lines: readonly string[], stream = "job/i-0/data-log"): LogStore {
  const store = createLogStore();
  for (const line of lines) store.append({ region: "us-east-1", group: GROUP, stream }, line);
  return store;
}

const messages = ({ events }: { readonly events: readonly { readonly message: string }[] }): string[] =>
  events.map(({ message }) => message);

describe("CloudWatch Logs", () => {
  it("lists the streams of a job by their names", () => {
    const store = storeWith(["a"], "job/i-1/data-log");
    for (const stream of ["job/i-0/data-log", "job-2/i-0/data-log"]) {
      store.append({ region: "us-east-1", group: GROUP, stream }, "b");
    }
    const { logStreams, nextToken } = ask(store, "DescribeLogStreams", {
      logGroupName: GROUP,
      logStreamNamePrefix: "job/",
      orderBy: "LogStreamName",
      limit: 2,
    });
    expect(logStreams).toMatchObject([{ logStreamName: "job/i-0/data-log" }, { logStreamName: "job/i-1/data-log" }]);
    expect(nextToken).toBeUndefined();
  });

  it("orders streams by their last event, either way, page by page", async () => {
    const store = createLogStore();
    const log = async (stream: string): Promise<void> => {
      store.append({ region: "us-east-1", group: GROUP, stream }, "a line");
      await new Promise((resolve) => setTimeout(resolve, 3));
    };
    for (const stream of ["b", "c", "a", "b"]) await log(stream);
    const names = (query: object): string[] => {
      const { logStreams = [] } = ask(store, "DescribeLogStreams", { logGroupName: GROUP, ...query });
      return (logStreams as { logStreamName: string }[]).map(({ logStreamName }) => logStreamName);
    };
    expect(names({})).toEqual(["a", "b", "c"]);
    expect(names({ descending: true })).toEqual(["c", "b", "a"]);
    expect(names({ orderBy: "LastEventTime" })).toEqual(["c", "a", "b"]);
    expect(names({ orderBy: "LastEventTime", descending: true })).toEqual(["b", "a", "c"]);
    const query = { logGroupName: GROUP, orderBy: "LastEventTime", descending: true, limit: 1 };
    const { nextToken } = ask(store, "DescribeLogStreams", query);
    expect(names({ ...query, nextToken })).toEqual(["a"]);
  });

  it("does not order by the last event if a prefix is asked for", () => {
    const query = { logGroupName: GROUP, logStreamNamePrefix: "job", orderBy: "LastEventTime" };
    expect(() => ask(storeWith(["a"]), "DescribeLogStreams", query)).toThrow(
      expect.objectContaining({
        type: "InvalidParameterException",
        message: "Cannot order by LastEventTime with a logStreamNamePrefix.",
      }),
    );
  });

  it("does not know a group or a stream before something is in it", () => {
    const error = expect.objectContaining({ type: "ResourceNotFoundException" });
    const asked = { logGroupName: GROUP, logStreamName: "nope" };
    expect(() => ask(createLogStore(), "DescribeLogStreams", { logGroupName: GROUP })).toThrow(error);
    expect(() => ask(storeWith(["a"]), "GetLogEvents", asked)).toThrow(error);
  });

  it("reads a stream from its head, page by page, until the token stays the same", () => {
    const store = storeWith(["1", "2", "3"]);
    const asked = { logGroupName: GROUP, logStreamName: "job/i-0/data-log", startFromHead: true, limit: 2 };
    const first = ask(store, "GetLogEvents", asked);
    expect(messages(first as never)).toEqual(["1", "2"]);
    const second = ask(store, "GetLogEvents", { ...asked, nextToken: first["nextForwardToken"] });
    expect(messages(second as never)).toEqual(["3"]);
    const third = ask(store, "GetLogEvents", { ...asked, nextToken: second["nextForwardToken"] });
    expect(third).toMatchObject({ events: [], nextForwardToken: second["nextForwardToken"] });
  });

  it("reads the last lines of a stream, and backwards", () => {
    const store = storeWith(["1", "2", "3"]);
    const asked = { logGroupName: GROUP, logStreamName: "job/i-0/data-log", limit: 2 };
    const last = ask(store, "GetLogEvents", asked);
    expect(messages(last as never)).toEqual(["2", "3"]);
    expect(messages(ask(store, "GetLogEvents", { ...asked, nextToken: last["nextBackwardToken"] }) as never)).toEqual([
      "1",
    ]);
  });

  it("keeps the newest 10,000 lines", () => {
    const store = storeWith(Array.from({ length: 10_005 }, (_, index) => String(index)));
    const asked = { logGroupName: GROUP, logStreamName: "job/i-0/data-log", startFromHead: true };
    const read = messages(ask(store, "GetLogEvents", asked) as never);
    expect([read.length, read[0], read.at(-1)]).toEqual([10_000, "5", "10004"]);
  });
});

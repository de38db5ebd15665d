import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHttpSession } from "../../../src/backends/shared/http/index.ts";
import type { BackendContext, RequestShard } from "../../../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../../../src/core/protocols/protocols.ts";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const context: BackendContext = {
  runId: "test",
  protocol: PROTOCOLS.instances,
  batchSize: 1,
  isolateFailedRows: true,
  logDirectory: tmpdir(),
  baseDirectory: tmpdir(),
  clock: { now: () => Date.now(), sleep: async () => {} },
  events: () => {},
  signal: new AbortController().signal,
};

describe("an aborted signal", () => {
  it("ends scoring with its reason and leaves no partial file, though some lines were answered", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const server = await startModelServer((received, response) => {
      if (received.number < 3) response.end(predict(received));
      else controller.abort(reason);
    });
    let files: string[] = ["unknown"];
    const onFiles = (names: string[]): void => {
      files = names;
    };
    const lines = Array.from({ length: 9 }, (_, i) => instancesLine(2, i * 2));
    const scoring = scoreOverHttp({ url: server.url }, [lines], { signal: controller.signal, onFiles });
    await expect(scoring).rejects.toBe(reason);
    expect(files).toEqual([]);
  });

  it("does not wait for shards that are not ready yet", async () => {
    const controller = new AbortController();
    const session = createHttpSession({ backend: "http", url: "http://127.0.0.1:1/" }, context);
    const never: AsyncIterable<RequestShard> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
    };
    const scoring = session.score(never, controller.signal)[Symbol.asyncIterator]().next();
    controller.abort(new Error("enough"));
    await expect(scoring).rejects.toThrow("enough");
    await session.close();
  });
});

describe("a disk that fails", () => {
  it("ends the run with the file that cannot be read", async () => {
    const session = createHttpSession({ backend: "http", url: "http://127.0.0.1:1/" }, context);
    const requestPath = join(tmpdir(), "scoreframe-no-such-folder", "shard-00003.jsonl");
    const shards = (async function* () {
      yield {
        shard: 3,
        requestPath,
        header: null,
        responsePath: `${requestPath}.out`,
        lines: 1,
        rows: 1,
        bytes: 1,
        digest: "",
      };
    })();
    const scoring = session.score(shards, new AbortController().signal)[Symbol.asyncIterator]().next();
    await expect(scoring).rejects.toMatchObject({
      code: "STORAGE_FAILED",
      message: expect.stringContaining(requestPath),
      facts: { shard: 3 },
    });
    await session.close();
  });
});

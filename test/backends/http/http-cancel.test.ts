import { describe, expect, it } from "vitest";
import { createHttpSession } from "../../../src/backends/shared/http/index.ts";
import type { BackendContext, RequestShard } from "../../../src/core/ports/scoring-backend.ts";
import { PROTOCOLS } from "../../../src/core/protocols/protocols.ts";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

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
    const session = createHttpSession({ backend: "http", url: "http://127.0.0.1:1/" }, {
      protocol: PROTOCOLS.instances,
      batchSize: 1,
      isolateFailedRows: true,
      clock: { now: () => Date.now(), sleep: async () => {} },
    } as unknown as BackendContext);
    const never: AsyncIterable<RequestShard> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
    };
    const scoring = session.score(never, controller.signal)[Symbol.asyncIterator]().next();
    controller.abort(new Error("enough"));
    await expect(scoring).rejects.toThrow("enough");
    await session.close();
  });
});

import { describe, expect, it } from "vitest";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

describe("waiting for the server", () => {
  it("asks the health path until it answers 2xx, whatever its body says", async () => {
    let asked = 0;
    const server = await startModelServer((received, response) => {
      if (received.request.method === "GET") {
        asked += 1;
        response.writeHead(asked < 3 ? 503 : 200, { "content-type": "application/json" }).end("3.17.2");
      } else response.end(predict(received));
    });
    const scored = await scoreOverHttp({ url: server.url, health_path: "/ping" }, [[instancesLine(1)]]);
    expect(asked).toBe(3);
    expect(server.received[0]?.request.url).toBe("/ping");
    expect(scored.events).toContainEqual(expect.objectContaining({ type: "model-ready" }));
    expect(scored.lines).toEqual(['{"predictions":[0]}']);
  });

  it("gives up after health_timeout_s, and says what was answered last", async () => {
    const server = await startModelServer((_, response) => response.writeHead(500).end());
    const options = { url: server.url, health_path: "/ping", health_timeout_s: 5 };
    await expect(scoreOverHttp(options, [])).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringMatching(/\/ping did not answer 2xx within 5 s; at last: status 500/),
    });
  });

  it("does not wait if the credentials are rejected", async () => {
    const server = await startModelServer((_, response) => response.writeHead(401).end());
    await expect(scoreOverHttp({ url: server.url, health_path: "/ping" }, [])).rejects.toMatchObject({
      code: "BACKEND_REFUSED",
    });
    expect(server.received).toHaveLength(1);
  });
});

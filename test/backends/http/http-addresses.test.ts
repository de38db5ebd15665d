import { describe, expect, it } from "vitest";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const ROWS = [[instancesLine(2)]];
const SCORED = ['{"predictions":[0,1]}'];
const answer: Parameters<typeof startModelServer>[0] = (received, response) =>
  response.end(received.request.method === "GET" ? "ok" : predict(received));

describe("addresses of a server", () => {
  it.each([
    ["an IPv6 address in brackets", { host: "::1" }],
    ["localhost, which listens on ::1 alone", { host: "::1", name: "localhost" }],
    ["localhost, which listens on 127.0.0.1 alone", { host: "127.0.0.1", name: "localhost" }],
  ])("may be %s", async (_, place) => {
    const server = await startModelServer(answer, place);
    expect((await scoreOverHttp({ url: server.url, health_path: "/ping" }, ROWS)).lines).toEqual(SCORED);
    expect(server.received).toHaveLength(2);
  });

  it.each(["host", "Host"])("are kept from the server by a header `%s`, which it gets instead", async (name) => {
    const server = await startModelServer(answer);
    const job = { url: server.url, health_path: "/ping", headers: { [name]: "churn.models.svc" } };
    expect((await scoreOverHttp(job, ROWS)).lines).toEqual(SCORED);
    expect(server.received.map(({ request }) => request.headers.host)).toEqual([
      "churn.models.svc",
      "churn.models.svc",
    ]);
  });
});

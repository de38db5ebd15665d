import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

/** A server of HTTP/1.0 that sends no length and closes the connection behind its n-th body; the last body is sent again and again. */
async function closingServer(bodies: readonly string[], head = ""): Promise<{ url: string; served: () => number }> {
  let served = 0;
  const server = createServer((socket) => {
    let request = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      request += chunk.toString();
      const [headers = "", body] = request.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      socket.end(`HTTP/1.0 200 OK\r\n${head}\r\n${bodies[Math.min(served, bodies.length - 1)]}`);
      served += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, served: () => served };
}

const ROWS = ["1", "2", "3"];
const CSV = "Content-Type: text/csv\r\n";

describe("a response whose end is the end of its connection", () => {
  it.each([
    ["csv, cut inside the last number", "csv", CSV, "0.5\n0.6\n12", "0.5\n0.6\n1234\n", ["0.5", "0.6", "1234"]],
    ["csv, cut inside a text", "csv", CSV, "yes\nno\nmay", "yes\nno\nmaybe\n", ["yes", "no", "maybe"]],
    ["csv, cut after an escaped quote", "csv", CSV, 'a\nb\n"c""', 'a\nb\n"c"""\n', ["a", "b", '"c\\""']],
    ["json_lines, cut inside the last number", "json_lines", "", "1\n2\n3", "1\n2\n345\n", ["1", "2", "345"]],
    ["csv on one line, cut inside the last number", "csv", CSV, "1,2,3", "1,2,345\n", ["1", "2", "345"]],
  ] as const)("is asked for again if it may be cut: %s", async (_, protocol, head, first, second, right) => {
    const server = await closingServer([first, second], head);
    const { lines, retries } = await scoreOverHttp({ url: server.url }, [ROWS], { protocol });
    expect(lines).toEqual(right);
    expect(retries).toBe(1);
  });

  it.each([
    ["json_lines", "", '{"a":1}\n{"a":2}\n{"a":3}', ['{"a":1}', '{"a":2}', '{"a":3}']],
    ["json_lines", "", '1\n2\n"x"', ["1", "2", '"x"']],
    ["csv", CSV, '1\n2\n"x, ""y"""', ["1", "2", '"x, \\"y\\""']],
    ["csv", "Content-Type: application/json\r\n", '{"predictions":[1,2,3]}', ["1", "2", "3"]],
    ["csv", `${CSV}Content-Length: 7\r\n`, "1\n2\n345", ["1", "2", "345"]],
  ] as const)("is believed if it has an end of its own: %s %s%s", async (protocol, head, body, right) => {
    const server = await closingServer([body], head);
    const { lines, retries } = await scoreOverHttp({ url: server.url }, [ROWS], { protocol });
    expect({ lines, retries }).toEqual({ lines: right, retries: 0 });
  });

  it("fails the run with what to do if no try gave a whole one", async () => {
    const server = await closingServer(["1\n2\n3"]);
    await expect(scoreOverHttp({ url: server.url, max_attempts: 2 }, [ROWS], { protocol: "csv" })).rejects.toThrow(
      /after 2 tries: the response has no Content-Length and has no line feed after its last line, so it may be cut; let the server send a Content-Length/,
    );
    expect(server.served()).toBe(2);
  });

  it("is asked for again if its JSON breaks off", async () => {
    const server = await closingServer(['{"predictions":[1,2', '{"predictions":[1,23]}']);
    const { lines, retries } = await scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
    expect({ lines, retries }).toEqual({ lines: ['{"predictions":[1,23]}'], retries: 1 });
  });
});

describe("a response that is not what its text seems", () => {
  const answered = async (protocol: "instances" | "csv" | "json_lines", body: string) => {
    const server = await startModelServer((_received, response) => response.end(body));
    const rows = protocol === "instances" ? [instancesLine(2)] : ["1", "2"];
    return (await scoreOverHttp({ url: server.url }, [rows], { protocol, isolateFailedRows: false })).lines;
  };

  it.each([
    ["instances", '\uFEFF{"predictions":[1,2]}', ['{"predictions":[1,2]}']],
    ["json_lines", '\uFEFF"on time"\n"late"\n', ['"on time"', '"late"']],
    ["csv", '\uFEFF"on time"\n"late"\n', ['"on time"', '"late"']],
    ["csv", "\uFEFF1\n2\n", ["1", "2"]],
    ["csv", '\uFEFF{"predictions":[1,2]}', ["1", "2"]],
  ] as const)("is read without its byte order mark: %s %s", async (protocol, body, right) => {
    expect(await answered(protocol, body)).toEqual(right);
  });

  it.each([
    ['"{\\"predictions\\":[1,2]}"', /is a string that holds JSON\. Let the server return the object itself/],
    ['{"predictions":[1,"a', /JSON that breaks off after 20 bytes .*its end is/],
  ])("is named: %s", async (body, message) => {
    const [line = ""] = await answered("instances", body);
    expect(JSON.parse(line).error.message).toMatch(message);
  });
});

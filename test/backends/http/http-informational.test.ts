import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

/** Answers each request by what `pieces` makes of its response; each piece is a write of its own. */
async function startRawServer(pieces: (response: string) => readonly string[]) {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    let text = "";
    socket.on("error", () => undefined).setNoDelay(true);
    socket.on("data", async (chunk: Buffer) => {
      text += chunk.toString();
      const [head = "", body] = text.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (body === undefined || body.length < length) return;
      text = "";
      const answer = JSON.stringify({ predictions: JSON.parse(body).instances.map(({ x }: { x: number }) => x) });
      for (const piece of pieces(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`)) {
        socket.write(piece);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`,
    connections: () => connections,
  };
}

describe("unrequested responses of 1xx", () => {
  const ways: Record<string, (response: string) => readonly string[]> = {
    "100 in a packet of its own": (response) => [CONTINUE, response],
    "100 in the packet of the response": (response) => [CONTINUE + response],
    "100 cut into three packets": (response) => ["HTT", "P/1.1 100 Con", `tinue\r\n\r\n${response}`],
    "100 cut before its last line feed": (response) => [CONTINUE.slice(0, -1), `\n${response}`],
    "100 with headers": (response) => [`HTTP/1.1 100 Continue\r\nDate: x\r\nServer: y\r\n\r\n${response}`],
    "100 without a reason": (response) => [`HTTP/1.1 100\r\n\r\n${response}`],
    "two of 100": (response) => [CONTINUE + CONTINUE, response],
    "102 and 103": (response) => [
      "HTTP/1.1 102 Processing\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
      response,
    ],
    "100, 102 and 100": (response) => [`${CONTINUE}HTTP/1.1 102 Processing\r\n\r\n${CONTINUE}${response}`],
    "100 after the response": (response) => [response, CONTINUE],
  };
  it.each(Object.keys(ways))("are skipped: %s", async (way) => {
    const server = await startRawServer(ways[way]!);
    const lines = Array.from({ length: 5 }, (_, i) => instancesLine(2, 2 * i));
    const scored = await scoreOverHttp({ url: server.url, concurrency: 1, max_attempts: 2 }, [lines]);
    expect(scored.lines).toEqual(lines.map((_, i) => `{"predictions":[${2 * i},${2 * i + 1}]}`));
    // A connection on which one comes between responses is not used again.
    if (way !== "100 after the response") expect([server.connections(), scored.retries]).toEqual([1, 0]);
  });

  it("are no part of a response that speaks of one", async () => {
    const value = `${CONTINUE}HTTP/1.1 100 Continue`;
    const server = await startRawServer(() => {
      const answer = JSON.stringify({ predictions: [value, 2] });
      const response = `HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`;
      const at = response.indexOf("HTTP/1.1 100");
      return [response.slice(0, at), response.slice(at)];
    });
    const scored = await scoreOverHttp({ url: server.url }, [[instancesLine(2)]]);
    expect(JSON.parse(scored.lines[0]!).predictions[0]).toBe(value);
  });
});

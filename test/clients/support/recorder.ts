import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";

export type Recorder = {
  readonly url: string;
  /** Operations that were asked for: `CreateModel`, `DescribeLogStreams`. */
  readonly called: ReadonlySet<string>;
  close(): Promise<void>;
};

/** A proxy before a server, which records the calls. */
export async function startRecorder(target: string): Promise<Recorder> {
  const called = new Set<string>();
  const pass = (request: IncomingMessage, response: ServerResponse): void => {
    called.add(String(request.headers["x-amz-target"]).split(".").at(-1) ?? "");
    const onward = forward(target, { method: request.method ?? "POST", headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    request.pipe(onward);
  };
  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

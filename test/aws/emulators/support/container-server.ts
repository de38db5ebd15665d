import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export type Invocation = { readonly request: IncomingMessage; readonly body: string; readonly number: number };
/** A body for status 200, a status with a body, or null if the test answers itself. */
export type Answer = string | { readonly status: number; readonly body?: string } | null;

export type ContainerServer = {
  readonly url: string;
  readonly invocations: Invocation[];
  /** Method and path of everything that was asked, in order. */
  readonly asked: string[];
  /** Most invocations that were being answered at the same time. */
  mostAtOnce(): number;
};

export type ContainerScript = {
  readonly invoke?: (invocation: Invocation, response: ServerResponse) => Answer | Promise<Answer>;
  /** The status for the first, second, … ping; null answers it never. */
  readonly ping?: (number: number) => number | null;
  readonly parameters?: unknown;
};

/** A server that keeps the contract of a SageMaker container, as the test scripts it. By default it answers what it was sent. Stopped with the test. */
export async function startContainer(script: ContainerScript = {}): Promise<ContainerServer> {
  const container = await openContainer(script);
  onTestFinished(container.close);
  return container;
}

/** The same, for a caller that closes it. */
export async function openContainer(
  script: ContainerScript = {},
): Promise<ContainerServer & { close(): Promise<void> }> {
  const { invoke = ({ body }: Invocation) => body, ping = () => 200, parameters } = script;
  const [invocations, asked]: [Invocation[], string[]] = [[], []];
  let [running, most, pings] = [0, 0, 0];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === "/ping") {
      pings += 1;
      const status = ping(pings);
      if (status !== null) response.writeHead(status, { location: "/invocations" }).end();
      return;
    }
    if (request.url === "/execution-parameters") {
      return void response.writeHead(parameters === undefined ? 404 : 200).end(JSON.stringify(parameters));
    }
    if (request.url !== "/invocations") return void response.writeHead(404).end();
    running += 1;
    most = Math.max(most, running);
    response.once("close", () => {
      running -= 1;
    });
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", async () => {
      const invocation = { request, body: Buffer.concat(pieces).toString(), number: invocations.length + 1 };
      invocations.push(invocation);
      const answer = await invoke(invocation, response);
      if (answer === null) return;
      const { status, body = "" } = typeof answer === "string" ? { status: 200, body: answer } : answer;
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, invocations, asked, mostAtOnce: () => most, close };
}

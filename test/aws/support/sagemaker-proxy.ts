import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a call: it is passed on (`pass` with headers for the answer), passed on and its answer lost, or answered here. */
export type Intervention =
  | "pass"
  | "pass and drop the answer"
  | { readonly pass: Readonly<Record<string, string>> }
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

/** A call: what it asks for, and the headers of its request. */
export type SagemakerRequest = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
};

/** `action`: `CreateTransformJob`, …; `count`: how often it was called, this call included. */
export type Intervene = (
  action: string,
  count: number,
  request: SagemakerRequest,
) => Intervention | Promise<Intervention>;

/** A proxy between a client and a SageMaker. */
export async function startSagemakerProxy(target: string, intervene: Intervene) {
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    counts.set(action, (counts.get(action) ?? 0) + 1);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const input = JSON.parse(Buffer.concat(chunks).toString("utf8") || "{}") as Record<string, unknown>;
    const what = await intervene(action, counts.get(action) as number, { input, headers: request.headers });
    const headers = { "content-type": "application/x-amz-json-1.1" };
    if (typeof what === "object" && "status" in what) {
      return void response.writeHead(what.status, { ...headers, ...what.headers }).end(what.body);
    }
    const passed = {
      ...headers,
      "x-amz-target": `SageMaker.${action}`,
      authorization: request.headers.authorization ?? "",
    };
    const answered = await fetch(target, { method: "POST", headers: passed, body: Buffer.concat(chunks) });
    const body = await answered.text();
    if (what === "pass and drop the answer") return void response.destroy();
    response.writeHead(answered.status, { ...headers, ...(typeof what === "object" ? what.pass : {}) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

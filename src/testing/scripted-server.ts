import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Protocol } from "../core/protocols/protocol.ts";
import { requestId } from "../core/protocols/request-id.ts";
import { rowsInRequest } from "./conformance-rows.ts";
import type { ModelScript } from "./model-script.ts";

export type ScriptedServer = {
  /** Takes POST and PUT on every path. `GET /ping` is answered as by a container of SageMaker that is healthy. */
  readonly url: string;
  /** Requests for predictions that came so far. */
  requests(): number;
  stop(): Promise<void>;
};

/** A real HTTP server on a free port of this machine, with a model behind it that follows the script. */
export async function startScriptedServer(script: ModelScript, protocol: Protocol): Promise<ScriptedServer> {
  let requests = 0;
  const server = createServer((request, response) => {
    if (request.method === "GET") return void response.writeHead(request.url === "/ping" ? 200 : 404).end();
    requests += 1;
    const drop = requests <= (script.dropFirst ?? 0);
    // A client that disconnects in the middle is not an error.
    answer(request, response, { script, protocol, drop }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/invocations`,
    requests: () => requests,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Part = { readonly script: ModelScript; readonly protocol: Protocol; readonly drop: boolean };

async function answer(request: IncomingMessage, response: ServerResponse, part: Part): Promise<void> {
  const { script, protocol } = part;
  const body = await readText(request);
  const rows = rowsInRequest(body);
  if (script.hangs === true) return;
  const has = (id: number | undefined): boolean => rows.some(({ row }) => row.id === String(id));
  await sleep((script.delayMs ?? 0) + (has(script.slowRow?.id) ? (script.slowRow?.ms ?? 0) : 0));
  if (has(script.failOnRow)) {
    response.writeHead(500, { "content-type": "text/plain" }).end("the model threw");
    return;
  }
  const predictions = rows.map(({ row, source }) => {
    if (row.id === String(script.reportRow)) return '{"error":"bad row"}';
    return script.predicts === "row" ? source : row.id;
  });
  if (script.surplus === 1) predictions.push("-1");
  if (script.surplus === -1) predictions.pop();
  send(response, encode(predictions, protocol, requestId(body)), part);
}

function encode(predictions: readonly string[], protocol: Protocol, id: string | null): Buffer {
  // Objects, and errors among them, are not a tensor.
  const isTensor = protocol.answerNotation === "tensors" && !predictions.some((text) => text.startsWith("{"));
  if (isTensor) {
    const output = `{"name":"id","datatype":"INT64","shape":[${predictions.length},1],"data":[${predictions.join(",")}]}`;
    return Buffer.from(`{"id":${JSON.stringify(id)},"model_name":"scripted","outputs":[${output}]}`);
  }
  const { holds, path, bare } = protocol.predictionPlace;
  if (holds === "value") return Buffer.from(predictions.join("\n"));
  const list = `[${predictions.join(",")}]`;
  return Buffer.from(bare ? list : `{${JSON.stringify(path[0])}:${list}}`);
}

function send(response: ServerResponse, body: Buffer, { protocol, drop }: Part): void {
  response.writeHead(200, { "content-type": protocol.accept, "content-length": body.length });
  if (!drop) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { createS3Client } from "../../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../src/adapters/object-store/s3-object-store.ts";
import type { ObjectStore } from "../../../src/core/ports/object-store.ts";

export type ScriptedAnswer = {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection before the first byte of the answer, or after its body. */
  readonly hangUp?: "before" | "after";
};

/** Answers a request, given as `GET /bucket/key?query`. `turn` counts all requests from 0. */
export type S3Script = (request: string, turn: number, headers: IncomingMessage["headers"]) => ScriptedAnswer;

export type ScriptedS3 = { readonly store: ObjectStore; readonly requests: readonly string[]; stop(): Promise<void> };

/** An error as S3 writes it; `more`: its elements in addition to code and message. */
export function s3Error(
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  const text = (value: string): string => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const elements = Object.entries({ Code: code, Message: message, ...more, RequestId: "4442587FB7D0A2F9" });
  const inner = elements.map(([name, value]) => `<${name}>${text(value)}</${name}>`).join("");
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`;
  return { status, body, headers: { "content-type": "application/xml" } };
}

/** A server that says what S3 says when something is wrong, and a store that asks it through the real SDK. */
export async function scriptedS3(script: S3Script): Promise<ScriptedS3> {
  const requests: string[] = [];
  const server = createServer(async (asked, answer) => {
    await readText(asked).catch(() => "");
    const request = `${asked.method} ${asked.url}`;
    const { status, body = "", headers = {}, hangUp } = script(request, requests.push(request) - 1, asked.headers);
    if (hangUp === "before") return void asked.socket.destroy();
    answer.writeHead(status, { "content-length": String(Buffer.byteLength(body)), ...headers });
    if (hangUp === undefined) return void answer.end(asked.method === "HEAD" ? "" : body);
    return void answer.write(body, () => asked.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const client = createS3Client({ endpoint: `http://127.0.0.1:${port}` });
  return {
    store: createS3ObjectStore(client, "s3://bucket/some/prefix"),
    requests,
    stop: () =>
      new Promise((stopped) => {
        client.destroy();
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

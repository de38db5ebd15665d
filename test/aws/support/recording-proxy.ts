import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { ScriptedAnswer } from "../../adapters/object-store/scripted-s3.ts";

/** A call of S3 as the policy of a role speaks of it. */
export type S3Call = {
  readonly action: string;
  readonly bucket: string;
  /** The object's key; of a listing the prefix. */
  readonly key: string;
};

/** What S3 answers to a call instead of the server; null lets it through, and so does `pass`, with headers for the answer. `headers`: those of the request. */
export type AnswerS3 = (
  call: S3Call & { readonly method: string },
  headers: IncomingMessage["headers"],
) => Scripted | Promise<Scripted>;
type Scripted = ScriptedAnswer | { readonly pass: Readonly<Record<string, string>> } | null;

export type RecordingProxy = { readonly endpoint: string; readonly calls: readonly S3Call[]; stop(): Promise<void> };

/** A proxy before an S3 server that does not verify signatures; it records which rights each request needs. */
export async function recordingProxy(target: string, answers: AnswerS3 = () => null): Promise<RecordingProxy> {
  const calls: S3Call[] = [];
  const server = createServer(async (asked, answer) => {
    const needed = callsOf(asked);
    calls.push(...needed);
    const { method = "" } = asked;
    const scripted = await answers({ ...(needed[0] as S3Call), method }, asked.headers);
    if (scripted === null || "pass" in scripted) return forward(asked, answer, target, scripted?.pass);
    asked.resume().on("end", () => {
      answer.writeHead(scripted.status, scripted.headers).end(method === "HEAD" ? "" : scripted.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
}

function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const onward = request(`${target}${asked.url}`, { method: asked.method, headers: asked.headers }, (given) => {
    answer.writeHead(given.statusCode ?? 500, { ...given.headers, ...headers });
    given.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.on("error", () => onward.destroy());
  asked.pipe(onward);
}

/** Service authorization reference of S3: which action an operation needs. */
function callsOf({ method = "", url = "", headers }: IncomingMessage): S3Call[] {
  const { pathname, searchParams } = new URL(url, "http://s3");
  const [, bucket = "", ...parts] = pathname.split("/").map(decodeURIComponent);
  const key = parts.join("/");
  const call = (action: string, at = key): S3Call => ({ action: `s3:${action}`, bucket, key: at });
  if (method === "GET" && searchParams.has("list-type")) return [call("ListBucket", searchParams.get("prefix") ?? "")];
  if (method === "HEAD" && key === "") return [call("ListBucket")];
  if (method === "GET" || method === "HEAD") return [call("GetObject")];
  if (method === "DELETE") return [call(searchParams.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject")];
  if (method === "POST" && searchParams.has("delete")) return [call("DeleteObject", "*")];
  if (method === "POST" || method === "PUT") {
    const source = headers["x-amz-copy-source"];
    if (source === undefined) return [call("PutObject")];
    const [from = "", ...copied] = decodeURIComponent(String(source)).replace(/^\//, "").split("/");
    return [call("PutObject"), { action: "s3:GetObject", bucket: from, key: copied.join("/") }];
  }
  throw new Error(`${method} ${url} is no call that is known here`);
}

import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";
import { messageOf } from "../../core/errors/scoreframe-error.ts";
import { readCredentialScope } from "./credential-scope.ts";
import type { EmulatedService, Operation } from "./operation.ts";
import { notEmulated, ServiceError } from "./service-error.ts";

export type AwsJsonServerOptions = {
  readonly services: readonly EmulatedService[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly account: string;
  /** Takes what the emulator itself did wrong. */
  log(line: string): void;
};

export type AwsJsonServer = {
  /** `http://127.0.0.1:4570`. */
  readonly url: string;
  close(): Promise<void>;
};

const CONTENT_TYPE = "application/x-amz-json-1.1";
/** Larger than any request that the services take. */
const BODY_LIMIT = 4_000_000;

/** Serves any number of services of the AWS JSON 1.1 protocol on one port; the target of a request tells which is meant. */
export async function startAwsJsonServer(options: AwsJsonServerOptions): Promise<AwsJsonServer> {
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, keepAliveTimeout: 120_000 });
  (app.server as Server).on("connection", (socket) => socket.setNoDelay(true));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/", async (request, reply) => send(reply, 200, await answer(request, options)));
  app.setErrorHandler((thrown, _request, reply) => sendError(reply, thrown, options));
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, new ServiceError("UnknownOperationException", "", { status: 404 }), options),
  );
  const url = await app.listen({ host: options.host, port: options.port });
  return { url, close: () => app.close() };
}

async function answer(request: FastifyRequest, { services, account }: AwsJsonServerOptions): Promise<object> {
  const { service, operation } = findOperation(request.headers["x-amz-target"], services);
  const { region } = readCredentialScope(request.headers.authorization, [service.signingName]);
  return operation(parseBody(request.body), { region, account });
}

function findOperation(
  target: string | string[] | undefined,
  services: readonly EmulatedService[],
): { service: EmulatedService; operation: Operation } {
  const [prefix = "", name = ""] = typeof target === "string" ? target.split(".") : [];
  const service = services.find(({ targetPrefix }) => targetPrefix === prefix);
  if (service === undefined || name === "") throw new ServiceError("UnknownOperationException", "", { status: 404 });
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation === undefined) {
    throw notEmulated(`${prefix}.${name}`, `The operations are ${Object.keys(service.operations).join(", ")}.`);
  }
  return { service, operation };
}

function parseBody(body: unknown): unknown {
  const text = Buffer.isBuffer(body) ? body.toString("utf8") : "";
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ServiceError("SerializationException", "The body of the request is not JSON.");
  }
}

function send(reply: FastifyReply, status: number, document: object): FastifyReply {
  return reply
    .code(status)
    .header("x-amzn-requestid", randomUUID())
    .type(CONTENT_TYPE)
    .serializer(JSON.stringify)
    .send(document);
}

function sendError(reply: FastifyReply, thrown: unknown, { log }: AwsJsonServerOptions): FastifyReply {
  const error = thrown instanceof ServiceError ? thrown : unexpected(thrown, log);
  return send(reply, error.status, { __type: error.type, [error.member]: error.message });
}

function unexpected(thrown: unknown, log: (line: string) => void): ServiceError {
  const status = typeof thrown === "object" && thrown !== null && "statusCode" in thrown ? thrown.statusCode : 500;
  // What the HTTP server itself refuses: a body that is too large, a length that does not match.
  if (typeof status === "number" && status < 500) return new ServiceError("SerializationException", messageOf(thrown));
  log(`The emulator failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  return new ServiceError("InternalFailure", messageOf(thrown), { status: 500 });
}

import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { readCredentialScope } from "./credential-scope.ts";
import type { EmulatedService, Operation } from "./operation.ts";
import { notEmulated, ServiceError } from "./service-error.ts";

export type AwsJsonServerOptions = {
  readonly services: readonly EmulatedService[];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly account: string;
  /** Logs errors of the emulator itself. */
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

/**
 * Serves any number of services of the AWS JSON 1.1 protocol on one port; the target of a request names the service. Throws `EMULATOR_START_FAILED`
 * if it cannot listen.
 */
export async function startAwsJsonServer(options: AwsJsonServerOptions): Promise<AwsJsonServer> {
  const app = fastify({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, keepAliveTimeout: 120_000 });
  (app.server as Server).on("connection", (socket) => socket.setNoDelay(true));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/", async (request, reply) => send(reply, 200, await answer(request, options)));
  app.setErrorHandler((thrown, _request, reply) => sendError(reply, thrown, options));
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, unknownOperation("The emulator answers POST / only."), options),
  );
  const { host, port } = options;
  const url = await app.listen({ host, port }).catch((thrown: unknown) => {
    const message = `The emulator cannot listen on ${host}:${port}: ${messageOf(thrown)}. Choose another port or host.`;
    throw new ScoreframeError("EMULATOR_START_FAILED", message, { operation: "listen", cause: thrown });
  });
  return { url, close: () => app.close() };
}

async function answer(request: FastifyRequest, { services, account }: AwsJsonServerOptions): Promise<object> {
  checkContentType(request.headers["content-type"]);
  const { service, operation } = findOperation(request.headers["x-amz-target"], services);
  const { region } = readCredentialScope(request.headers.authorization, [service.signingName]);
  return operation(parseBody(request.body), { region, account });
}

function findOperation(
  target: string | string[] | undefined,
  services: readonly EmulatedService[],
): { service: EmulatedService; operation: Operation } {
  const [prefix = "", name = "", ...rest] = typeof target === "string" ? target.split(".") : [];
  const service = services.find(({ targetPrefix }) => targetPrefix === prefix);
  if (service === undefined || name === "" || rest.length > 0) {
    const examples = services.map(({ targetPrefix }) => `${targetPrefix}.<operation>`).join(" or ");
    throw unknownOperation(`X-Amz-Target '${target ?? ""}' names no operation. It has to be ${examples}.`);
  }
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (operation === undefined) {
    throw notEmulated(`${prefix}.${name}`, `The operations are ${Object.keys(service.operations).join(", ")}.`);
  }
  return { service, operation };
}

/** Another protocol's body would be read by chance, or not at all. */
function checkContentType(contentType: string | undefined): void {
  if (contentType?.split(";", 1)[0]?.trim().toLowerCase() === CONTENT_TYPE) return;
  throw unknownOperation(`Content-Type '${contentType ?? ""}' is not served. It has to be ${CONTENT_TYPE}.`);
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function parseBody(body: unknown): unknown {
  try {
    const text = Buffer.isBuffer(body) ? UTF8.decode(body) : "";
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ServiceError("SerializationException", "The body of the request is not JSON in UTF-8.");
  }
}

function unknownOperation(message: string): ServiceError {
  return new ServiceError("UnknownOperationException", message, { status: 404 });
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
  // What the HTTP server itself rejects: a body that is too large, a length that does not match.
  if (typeof status === "number" && status < 500) return new ServiceError("SerializationException", messageOf(thrown));
  log(`The emulator failed: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  return new ServiceError("InternalFailure", messageOf(thrown), { status: 500 });
}

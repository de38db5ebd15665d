import type { Server } from "node:http";
import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { fastify } from "fastify";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { answerInvocation } from "./answer-invocation.ts";
import { DEFAULT_BODY_LIMIT } from "./body-limit.ts";
import type { ServedModel } from "./served-model.ts";
import { ServerError } from "./server-error.ts";

export type ModelServerOptions = {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Most bytes of one request's body. */
  readonly bodyLimit?: number;
  /** Logs what clients must not see: stacks of a model's errors. */
  log(line: string): void;
};

export type ModelServer = {
  /** Where it listens: `http://127.0.0.1:43021`. */
  readonly url: string;
  /** From here on `/ping` answers 200 and rows are scored. */
  serve(model: ServedModel): void;
  /** Stops listening, and waits for requests that are being answered. */
  close(): Promise<void>;
};

/**
 * Starts to listen, before any model is loaded: `GET /ping` and `POST /invocations`, the contract of a SageMaker container. Both answer 503
 * until `serve` has been called.
 */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  let model: ServedModel | null = null;
  const loaded = (): ServedModel => {
    if (model === null) throw new ServerError(503, "MODEL_LOADING", "The model is still being loaded.");
    return model;
  };
  const app = createApp(options);
  app.get("/ping", async (_request, reply) => {
    loaded();
    return reply.type("application/json").send('{"status":"ok"}');
  });
  app.post("/invocations", async (request, reply) => {
    assertNotEncoded(request.headers["content-encoding"]);
    const { contentType, body } = await answerInvocation(loaded(), request.headers["content-type"], bodyOf(request));
    return reply.type(contentType).send(body);
  });
  const address = await app.listen({ host: options.host, port: options.port });
  return {
    url: reachable(address),
    serve: (ready) => {
      model = ready;
    },
    close: () => app.close(),
  };
}

function createApp({ bodyLimit = DEFAULT_BODY_LIMIT, log }: ModelServerOptions) {
  const app = fastify({ bodyLimit, forceCloseConnections: "idle", keepAliveTimeout: 120_000, requestTimeout: 0 });
  (app.server as Server).on("connection", (socket) => socket.setNoDelay(true));
  // The body stays as bytes whatever its type, so that the answer to a wrong type can be ours.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((thrown, _request, reply) => answerError(thrown, reply, log, bodyLimit));
  app.setNotFoundHandler((request, reply) =>
    answerError(
      new ServerError(
        404,
        "NOT_FOUND",
        `There is no ${request.method} ${request.url}; try GET /ping or POST /invocations.`,
      ),
      reply,
      log,
      bodyLimit,
    ),
  );
  return app;
}

function assertNotEncoded(encoding: string | undefined): void {
  if (encoding === undefined || encoding === "identity") return;
  throw new ServerError(
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    `The Content-Encoding ${encoding} is not supported; send the body as it is.`,
  );
}

function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

function answerError(
  thrown: unknown,
  reply: FastifyReply,
  log: (line: string) => void,
  bodyLimit: number,
): FastifyReply {
  const error = toServerError(thrown, bodyLimit);
  if (error.status === 500) log(stackOf(error.cause ?? error));
  return reply
    .code(error.status)
    .type("application/json")
    .send(JSON.stringify({ error: { code: error.code, message: error.message } }));
}

function toServerError(thrown: unknown, bodyLimit: number): ServerError {
  if (thrown instanceof ServerError) return thrown;
  const status = typeof thrown === "object" && thrown !== null && "statusCode" in thrown ? thrown.statusCode : 500;
  if (status === 413) {
    return new ServerError(
      413,
      "PAYLOAD_TOO_LARGE",
      `The request is larger than ${bodyLimit} bytes; send fewer rows at once.`,
    );
  }
  // Fastify itself rejects a malformed header, or a length that does not match.
  if (typeof status === "number" && status < 500) return new ServerError(status, "INVALID_REQUEST", messageOf(thrown));
  return new ServerError(500, "MODEL_FAILED", messageOf(thrown), thrown);
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
}

/** Some systems cannot connect to the address that means all addresses. */
function reachable(address: string): string {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && (host === "0.0.0.0" || host === "::")) url.hostname = "127.0.0.1";
  return url.origin;
}

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { LocalOptions } from "../local-options.ts";
import { parseLocalOptions } from "../local-options.ts";
import { loadModel } from "../model/load-model.ts";
import type { NonFinitePolicy } from "../model/non-finite.ts";
import { scoreExample } from "../model/score-example.ts";
import { startCommand } from "../process/start-command.ts";
import type { ModelServer, ModelServerOptions } from "./model-server.ts";

export type ServeOptions = {
  /** The members of a job's local backend, unchecked: `model` or `command`, `health_path`, `start_timeout_s`, `env`, … */
  readonly backend: Readonly<Record<string, unknown>>;
  /** What a relative path of a model starts at. */
  readonly baseDirectory: string;
  /** @default "127.0.0.1"; a container has to listen on "0.0.0.0". A command chooses for itself. */
  readonly host?: string;
  /** 0 takes a free one. @default 8080 */
  readonly port?: number;
  /** Most bytes of one request. @default 100_000_000 */
  readonly bodyLimit?: number;
  /** Scores one row and ends, instead of serving. */
  readonly dryRun?: boolean;
  /** That row, as JSON text. @default the model's own example */
  readonly example?: string;
  /** Ends the serving. */
  readonly signal: AbortSignal;
  /** Takes lines for the user: where the server listens, stacks of a model's errors. */
  log(line: string): void;
};

export type ServeResult =
  /** The signal ended it. */
  | { readonly kind: "stopped" }
  | {
      readonly kind: "dry-run";
      readonly description: string;
      /** The row and its prediction as JSON text, which keeps every digit. */
      readonly example: string;
      readonly prediction: string;
      /** Until the model was loaded, and for the one row. */
      readonly seconds: { readonly load: number; readonly score: number };
    };

/** A model that listens, in this process or another. */
type Listening = {
  readonly url: string;
  readonly description: string;
  readonly example: unknown;
  /** Rejects when it ends unexpectedly; never resolves. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
};

/**
 * Serves a model for real-time requests, on the same code that batch runs use, until the signal aborts; or, with `dryRun`, proves that it
 * loads and scores. Throws what is wrong with the model, as the local backend does.
 */
export async function serveModel(options: ServeOptions): Promise<ServeResult> {
  const begun = performance.now();
  const { model, nonFinite, startTimeoutSeconds, env } = parseLocalOptions(options.backend);
  const listening =
    model.kind === "file"
      ? await listenHere(model.path, nonFinite, options)
      : await listenElsewhere(model, { startTimeoutSeconds, env }, options);
  const loaded = performance.now();
  try {
    if (options.dryRun !== true) return await serveUntilAborted(listening, options);
    const { example, prediction } = await scoreExample(listening, options.example);
    const seconds = { load: (loaded - begun) / 1000, score: (performance.now() - loaded) / 1000 };
    return { kind: "dry-run", description: listening.description, example, prediction, seconds };
  } finally {
    await listening.close();
  }
}

async function serveUntilAborted(listening: Listening, { signal, log }: ServeOptions): Promise<ServeResult> {
  log(`Serving ${listening.description} at ${listening.url}`);
  const aborted = new Promise<void>((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
  await Promise.race([aborted, listening.failed]);
  return { kind: "stopped" };
}

async function listenHere(path: string, nonFinite: NonFinitePolicy, options: ServeOptions): Promise<Listening> {
  const server = await listen({
    host: options.host ?? "127.0.0.1",
    port: options.dryRun === true ? 0 : (options.port ?? 8080),
    log: options.log,
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
  });
  try {
    const model = await loadModel(resolve(options.baseDirectory, path), options.log);
    for (const warning of model.warnings) options.log(`Warning: ${warning}`);
    server.serve({ ...model, nonFinite });
    const url = `${server.url}/invocations`;
    return { url, description: model.description, example: model.example, failed: never(), close: server.close };
  } catch (thrown) {
    await server.close();
    throw thrown;
  }
}

async function listen(options: ModelServerOptions): Promise<ModelServer> {
  // A run serves nothing in its own process, and should not wait for the server's code.
  const { startModelServer } = await import("./model-server.ts");
  try {
    return await startModelServer(options);
  } catch (thrown) {
    throw cannotListen(options, thrown);
  }
}

function cannotListen({ host, port }: ModelServerOptions, thrown: unknown): ScoreframeError {
  const message = `The model server cannot listen on ${host}:${port}: ${reasonOf(thrown)}`;
  return new ScoreframeError("MODEL_START_FAILED", message, { operation: "listen", cause: thrown });
}

function reasonOf(thrown: unknown): string {
  const said = messageOf(thrown);
  if (said.includes("EADDRINUSE"))
    return "the port is in use. Choose another port (0 takes a free one), or end what listens there.";
  return `${said}. Choose another port or host.`;
}

async function listenElsewhere(
  command: Extract<LocalOptions["model"], { kind: "command" }>,
  limits: Pick<LocalOptions, "startTimeoutSeconds" | "env">,
  options: ServeOptions,
): Promise<Listening> {
  const logDirectory = await mkdtemp(join(tmpdir(), "scoreframe-serve-"));
  options.log(`The command's log is ${join(logDirectory, "model.log")}`);
  const port = options.dryRun === true || options.port === 0 ? {} : { port: options.port ?? 8080 };
  const running = await startCommand(
    { ...command, ...port },
    {
      baseDirectory: options.baseDirectory,
      logDirectory,
      env: limits.env,
      timeoutSeconds: limits.startTimeoutSeconds,
      signal: options.signal,
    },
  );
  const failed = running.exited.then((error) => Promise.reject(error));
  // A dry run does not wait for it.
  failed.catch(() => undefined);
  return { url: running.url, description: running.description, example: null, failed, close: running.stop };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

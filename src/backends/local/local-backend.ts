import type { BackendContext, BackendPlugin, ScoringSession } from "../../core/ports/scoring-backend.ts";
import { defineBackend } from "../../core/ports/scoring-backend.ts";
import { createHttpSession } from "../shared/http/index.ts";
import { optionsJsonSchema } from "../shared/options/options-json-schema.ts";
import { localCapabilities } from "./local-capabilities.ts";
import type { LocalOptions } from "./local-options.ts";
import { parseLocalOptions } from "./local-options.ts";
import { localOptionsSchema } from "./local-options-schema.ts";
import type { RunningModel } from "./process/running-model.ts";
import { startModel } from "./process/start-model.ts";
import { watchModel } from "./process/watch-model.ts";

/** A model that this machine serves for the run: a module, an ONNX file, or a command that serves HTTP. Needs no account and no network. */
export const localBackend: BackendPlugin<LocalOptions> = defineBackend<LocalOptions>({
  specificationVersion: "v1",
  id: "local",
  capabilities: localCapabilities,
  parseOptions: parseLocalOptions,
  optionsSchema: () => optionsJsonSchema(localOptionsSchema),
  create: (options) => ({
    id: "local",
    capabilities: localCapabilities,
    servesModel: options.model.kind === "file",
    open: (context) => open(options, context),
  }),
});

async function open(options: LocalOptions, context: BackendContext): Promise<ScoringSession> {
  const { clock, events } = context;
  const begun = clock.now();
  const model = await startModel(options, {
    baseDirectory: context.baseDirectory,
    logDirectory: context.logDirectory,
    env: options.env,
    timeoutSeconds: options.startTimeoutSeconds,
    signal: context.signal,
  });
  for (const message of model.warnings) events({ type: "warning", message });
  events({ type: "model-ready", seconds: (clock.now() - begun) / 1000, detail: model.description });
  return watchModel(sessionWith(model, options, context), model);
}

function sessionWith(model: RunningModel, options: LocalOptions, context: BackendContext): ScoringSession {
  const patienceMs = options.requestTimeoutSeconds * 1000;
  return createHttpSession(
    {
      backend: "local",
      url: model.url,
      headers: options.headers,
      // It listens on this machine, whatever proxy the environment names.
      proxy: "none",
      concurrency: options.concurrency,
      unreachableTimeoutMs: options.unreachableTimeoutSeconds * 1000,
      maxRequestBytes: localCapabilities.maxRequestBytes,
      nonFinite: options.nonFinite,
      headersTimeoutMs: patienceMs,
      bodyTimeoutMs: patienceMs,
      requestTimeoutMs: patienceMs * 2,
    },
    context,
  );
}

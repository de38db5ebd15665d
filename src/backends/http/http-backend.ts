import type { BackendContext, BackendPlugin } from "../../core/ports/scoring-backend.ts";
import { defineBackend } from "../../core/ports/scoring-backend.ts";
import type { TlsMaterial } from "../shared/http/index.ts";
import { createHttpSession, readTlsFiles, waitUntilHealthy } from "../shared/http/index.ts";
import { optionsJsonSchema } from "../shared/options/options-json-schema.ts";
import { httpCapabilities } from "./http-capabilities.ts";
import type { HttpOptions } from "./http-options.ts";
import { parseHttpOptions } from "./http-options.ts";
import { httpOptionsSchema } from "./http-options-schema.ts";

/** Any model server that takes requests over HTTP: MLflow, a SageMaker container, TensorFlow Serving, your own. */
export const httpBackend: BackendPlugin<HttpOptions> = defineBackend<HttpOptions>({
  specificationVersion: "v1",
  id: "http",
  capabilities: httpCapabilities,
  parseOptions: parseHttpOptions,
  optionsSchema: () => optionsJsonSchema(httpOptionsSchema),
  create: (options) => ({
    id: "http",
    capabilities: { ...httpCapabilities, maxRequestBytes: options.maxRequestBytes },
    async open(context) {
      const tls = await readTlsFiles("http", options.tlsFiles, context.baseDirectory);
      await waitForServer(options, tls, context);
      return createHttpSession({ ...options, tls }, context);
    },
  }),
});

async function waitForServer(options: HttpOptions, tls: TlsMaterial, context: BackendContext): Promise<void> {
  const { backend, healthUrl, headers = {}, healthTimeoutMs: timeoutMs } = options;
  if (healthUrl === null) return;
  const { clock, signal } = context;
  const begun = clock.now();
  const server = new URL(healthUrl).origin;
  const onFailure = (outcome: string): void => {
    const message = `${server} is not ready (${outcome}). Waiting up to ${timeoutMs / 1000} s for it (health_timeout_s).`;
    context.events({ type: "warning", message });
    context.events({ type: "waiting", waitingFor: server, limitSeconds: timeoutMs / 1000 });
  };
  await waitUntilHealthy({ backend, url: healthUrl, headers, tls, timeoutMs, onFailure, clock, signal });
  context.events({ type: "waiting", waitingFor: null, limitSeconds: 0 });
  context.events({ type: "model-ready", seconds: (clock.now() - begun) / 1000, detail: new URL(healthUrl).host });
}

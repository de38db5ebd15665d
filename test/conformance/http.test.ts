import { describe, it } from "vitest";
import { httpBackend } from "../../src/backends/http/index.ts";
import { startScriptedServer, verifyBackend } from "../../src/testing/index.ts";

verifyBackend(
  { describe, it },
  {
    name: "http",
    capabilities: httpBackend.capabilities,
    async start(script, context) {
      const server = await startScriptedServer(script, context.protocol);
      const backend = httpBackend.create(httpBackend.parseOptions({ url: server.url }));
      return { session: await backend.open(context), stop: () => server.stop() };
    },
  },
);

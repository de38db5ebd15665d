import type { TestRunner } from "scoreframe/testing";
import { startScriptedServer, verifyBackend } from "scoreframe/testing";
import { gatewayBackend } from "./gateway-backend.ts";

/** Registers the conformance suite with the functions of a test runner: Vitest's, node:test's, Jest's. */
export function verifyGatewayBackend(runner: TestRunner): void {
  verifyBackend(runner, {
    name: "gateway",
    capabilities: gatewayBackend.capabilities,
    async start(script, context) {
      const server = await startScriptedServer(script, context.protocol);
      const options = gatewayBackend.parseOptions({ gateway: server.url, deployment: "late flights", token: "t" });
      return { session: await gatewayBackend.create(options).open(context), stop: () => server.stop() };
    },
  });
}

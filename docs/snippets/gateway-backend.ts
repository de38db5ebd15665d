import type { BackendPlugin } from "scoreframe";
import { defineBackend, ScoreframeError } from "scoreframe";
import { createHttpSession, httpBackend } from "scoreframe/backends/http";

type GatewayOptions = { readonly gateway: string; readonly deployment: string; readonly token: string };

/** Models behind a gateway of our own: an address made of two parts, and a token in its own header. */
export const gatewayBackend: BackendPlugin<GatewayOptions> = defineBackend<GatewayOptions>({
  specificationVersion: "v1",
  id: "gateway",
  capabilities: { ...httpBackend.capabilities, maxRequestBytes: 6_000_000, protocols: ["instances", "json_lines"] },

  parseOptions({ gateway, deployment, token, ...others }) {
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined) throw invalid(unknown, "is not an option. Known: gateway, deployment, token.");
    if (typeof gateway !== "string" || !URL.canParse(gateway))
      throw invalid("gateway", "must be the gateway's address.");
    if (typeof deployment !== "string") throw invalid("deployment", "must be the name of a deployment.");
    if (typeof token !== "string") throw invalid("token", "is missing: take it from the environment.");
    return { gateway, deployment, token };
  },

  create: ({ gateway, deployment, token }) => ({
    id: "gateway",
    capabilities: gatewayBackend.capabilities,
    async open(context) {
      const url = new URL(`/deployments/${encodeURIComponent(deployment)}/score`, gateway).href;
      return createHttpSession({ backend: "gateway", url, headers: { "x-gateway-token": token } }, context);
    },
  }),
});

function invalid(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("BACKEND_OPTIONS_INVALID", `backend.${option} ${complaint}`, {
    backend: "gateway",
    option: `backend.${option}`,
  });
}

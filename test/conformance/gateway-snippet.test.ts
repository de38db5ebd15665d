import { describe, it } from "vitest";
import { verifyGatewayBackend } from "../../docs/snippets/verify-gateway-backend.ts";

verifyGatewayBackend({ describe, it });

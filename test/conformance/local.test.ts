import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
import { localBackend } from "../../src/backends/local/index.ts";
import { verifyBackend } from "../../src/testing/index.ts";

const model = fileURLToPath(new URL("../backends/local/models/scripted-model.ts", import.meta.url));

verifyBackend(
  { describe, it },
  {
    name: "local",
    capabilities: localBackend.capabilities,
    async start(script, context) {
      const env = { MODEL_SCRIPT: JSON.stringify(script), ROW_FORM: context.protocol.rowForm };
      const options = localBackend.parseOptions({ model, env });
      return { session: await localBackend.create(options).open(context), stop: async () => undefined };
    },
  },
);

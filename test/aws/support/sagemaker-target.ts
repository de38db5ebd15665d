import { randomUUID } from "node:crypto";
import { CreateModelCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { sagemakerBackend } from "../../../src/backends/sagemaker/index.ts";
import type { ConformanceTarget } from "../../../src/testing/index.ts";
import { startScriptedServer } from "../../../src/testing/index.ts";

const ROLE = "arn:aws:iam::123456789012:role/scoring";

/** Makes a model of a server that runs already: the emulator takes it for the model's container. */
export async function createServedModel(serverUrl: string, name = `model-${randomUUID()}`): Promise<string> {
  const client = new SageMakerClient({});
  const Environment = { MODEL_SERVER_URL: new URL(serverUrl).origin };
  const PrimaryContainer = { Image: "any-image:1", Environment };
  await client.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
  client.destroy();
  return name;
}

/** The backend over a SageMaker that the environment names, with a server that follows the script as its container. */
export function sagemakerTarget(
  name: string,
  workspace: () => string,
  options: Readonly<Record<string, unknown>> = {},
): ConformanceTarget {
  return {
    name,
    capabilities: sagemakerBackend.capabilities,
    workspace,
    async start(script, context) {
      const server = await startScriptedServer(script, context.protocol);
      const given = {
        model_name: await createServedModel(server.url),
        price_per_hour: 0.2,
        poll_interval_s: 0.05,
        max_concurrent_transforms: 16,
        ...options,
      };
      const backend = sagemakerBackend.create(sagemakerBackend.parseOptions(given));
      return { session: await backend.open(context), stop: () => server.stop() };
    },
  };
}

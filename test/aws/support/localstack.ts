import { LOCALSTACK_IMAGE } from "../../../scripts/local-cloud/start-s3-container.ts";
import type { StartedServer } from "../../../scripts/local-cloud/start-server.ts";
import { messageOf } from "../../../src/core/errors/scoreframe-error.ts";
import { containerEngineMissing } from "./container-engine.ts";
import type { S3Server } from "./s3-servers.ts";

const PORT = 4566;
const START_MS = 4 * 60_000;

type Started = { readonly server: S3Server; readonly process: StartedServer };

/** LocalStack's S3 in a container, if there is a container engine and the image can be pulled. */
export async function startLocalstack(): Promise<Started | { readonly missing: string }> {
  const missing = await containerEngineMissing();
  if (missing !== null) return { missing };
  try {
    const { GenericContainer, Wait } = await import("testcontainers");
    const container = await new GenericContainer(LOCALSTACK_IMAGE)
      .withEnvironment({ SERVICES: "s3" })
      .withExposedPorts(PORT)
      .withWaitStrategy(Wait.forHttp("/_localstack/health", PORT))
      .withStartupTimeout(START_MS)
      .start();
    const endpoint = `http://${container.getHost()}:${container.getMappedPort(PORT)}`;
    return {
      server: { endpoint, accessKeyId: "test", secretAccessKey: "test" },
      process: { stop: async () => void (await container.stop()) },
    };
  } catch (thrown) {
    return { missing: `${LOCALSTACK_IMAGE} does not start: ${messageOf(thrown).split("\n")[0]}` };
  }
}

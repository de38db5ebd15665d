import { createSagemakerEmulator } from "scoreframe/emulators";
import { GenericContainer, Wait } from "testcontainers";

/** A SageMaker in this process, over the S3 at this address, or over one in a container. Clients find both by the environment. */
export async function startLocalCloud(s3Endpoint?: string): Promise<{ stop(): Promise<void> }> {
  const container = s3Endpoint === undefined ? await startS3() : undefined;
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL_S3: s3Endpoint ?? container?.endpoint,
  });
  const sagemaker = await createSagemakerEmulator({
    images: { "*/flights:*": { model: "models/flights-logistic.js" } },
  });
  process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = sagemaker.url;
  return {
    async stop() {
      await sagemaker.close();
      await container?.stop();
    },
  };
}

async function startS3() {
  const container = await new GenericContainer("localstack/localstack:4.14.0")
    .withEnvironment({ SERVICES: "s3" })
    .withExposedPorts(4566)
    .withWaitStrategy(Wait.forHttp("/_localstack/health", 4566))
    .start();
  return {
    endpoint: `http://${container.getHost()}:${container.getMappedPort(4566)}`,
    stop: () => container.stop().then(() => undefined),
  };
}

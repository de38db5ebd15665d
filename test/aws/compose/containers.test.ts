import { expect, it, onTestFinished } from "vitest";
import { root } from "../../../scripts/lib/toolchain.mjs";
import { freePort } from "../../../src/backends/local/process/free-port.ts";
import { composePluginMissing } from "../support/container-engine.ts";
import { compareDemoTable } from "./support/demo-table.ts";

/** The images are pulled and built. */
const MINUTES = 15;

it(
  "docker-compose.yml scores the sample in containers, if an engine answers",
  async ({ skip }) => {
    const missing = await composePluginMissing();
    if (missing !== null) return skip(`docker-compose.yml is not run in containers: ${missing}`);
    const { DockerComposeEnvironment, Wait } = await import("testcontainers");
    const ports = { S3_PORT: String(await freePort()), SAGEMAKER_PORT: String(await freePort()) };
    const stack = await new DockerComposeEnvironment(root, "docker-compose.yml")
      .withEnvironment(ports)
      .withProfiles("demo")
      .withBuild()
      .withStartupTimeout(MINUTES * 60_000)
      .withWaitStrategy("s3-1", Wait.forHealthCheck())
      .withWaitStrategy("model-1", Wait.forHealthCheck())
      .withWaitStrategy("sagemaker-1", Wait.forHealthCheck())
      .withWaitStrategy("seed-1", Wait.forOneShotStartup())
      .withWaitStrategy("demo-1", Wait.forOneShotStartup())
      .up();
    onTestFinished(() => stack.down({ removeVolumes: true }).then(() => undefined));
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${ports.S3_PORT}`,
    });
    expect(await compareDemoTable()).toEqual({ source: 2000, table: 2000, same: 2000, right: 2000, partitions: 6 });
  },
  MINUTES * 60_000,
);

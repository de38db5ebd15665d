import type { TestContext } from "vitest";
import { beforeEach, describe, expect, it } from "vitest";
import { LOCALSTACK_IMAGE } from "../../../scripts/local-cloud/start-s3-container.ts";
import type { ComposeModel } from "./support/compose-model.ts";
import { readCompose } from "./support/compose-model.ts";

/** The file with these variables set, or the end of the test. */
async function composeWith(context: TestContext, env: Readonly<Record<string, string>> = {}): Promise<ComposeModel> {
  const model = await readCompose(env);
  return "missing" in model ? context.skip(`docker-compose.yml is not read: ${model.missing}`) : model;
}

let model: ComposeModel;
beforeEach(async (context) => {
  model = await composeWith(context);
});

describe("docker-compose.yml", () => {
  it("takes the image of LocalStack that needs no token, unless a variable names another", async (context) => {
    expect(model.services["s3"]?.image).toBe(LOCALSTACK_IMAGE);
    const other = await composeWith(context, { S3_IMAGE: "ministackorg/ministack:1.5.33" });
    expect(other.services["s3"]?.image).toBe("ministackorg/ministack:1.5.33");
  });

  it("passes LocalStack's token on if there is one", () => {
    // A variable without a value is the caller's, or is not set at all.
    expect(model.services["s3"]?.environment?.["LOCALSTACK_AUTH_TOKEN"]).toBeNull();
  });

  it("publishes its ports to this machine alone, where variables say", async (context) => {
    const published = ({ services }: ComposeModel) =>
      Object.values(services).flatMap(({ ports = [] }) => ports.map(({ host_ip, published: port }) => [host_ip, port]));
    expect(published(model).sort()).toEqual([
      ["127.0.0.1", "4566"],
      ["127.0.0.1", "4570"],
    ]);
    const moved = await composeWith(context, { S3_PORT: "5001", SAGEMAKER_PORT: "5002" });
    expect(published(moved).sort()).toEqual([
      ["127.0.0.1", "5001"],
      ["127.0.0.1", "5002"],
    ]);
  });

  it("gives no service a key, a profile or an endpoint of the caller", async (context) => {
    const account = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" };
    const called = await composeWith(context, { ...account, AWS_PROFILE: "production", AWS_REGION: "eu-west-1" });
    expect(called).toEqual(model);
  });

  it("asks each service that stays whether it is well, and waits for that", () => {
    const { services } = model;
    const conditions = Object.values(services).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    for (const [name, { condition }] of conditions) {
      const stays = services[name]?.healthcheck !== undefined;
      expect([name, condition]).toEqual([name, stays ? "service_healthy" : "service_completed_successfully"]);
    }
    const checked = Object.keys(services).filter((name) => services[name]?.healthcheck !== undefined);
    expect(checked.sort()).toEqual(["model", "s3", "sagemaker"]);
  });

  it("mounts nothing that a container could change", () => {
    const volumes = Object.values(model.services).flatMap(({ volumes: all = [] }) => all);
    expect(volumes.filter(({ read_only }) => read_only !== true)).toEqual([]);
  });
});

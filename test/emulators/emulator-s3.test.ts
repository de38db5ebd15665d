import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { CreateModelCommand, CreateTransformJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { describe, expect, it, onTestFinished } from "vitest";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";
import { startCli } from "../cli/support/run-cli.ts";

/** No server listens on port 1. */
const NOWHERE = "http://127.0.0.1:1";

async function createJob(endpoint: string): Promise<unknown> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SageMakerClient({ endpoint, region: "us-east-1", credentials });
  await client.send(
    new CreateModelCommand({
      ModelName: "m",
      ExecutionRoleArn: "arn:aws:iam::000000000000:role/scoring",
      PrimaryContainer: { Image: "echo:1" },
    }),
  );
  const job = new CreateTransformJobCommand({
    TransformJobName: "j",
    ModelName: "m",
    TransformInput: { DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://bucket/in/" } } },
    TransformOutput: { S3OutputPath: "s3://bucket/out/" },
    TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
  });
  return client.send(job).catch((thrown: unknown) => thrown);
}

/** What the command says of its S3 until it is ready. */
async function saidAtStart(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const none = { AWS_ENDPOINT_URL_S3: undefined, AWS_ENDPOINT_URL: undefined };
  const emulator = startCli(["emulate", "sagemaker", "--port", "0", ...args], {
    cwd: tmpdir(),
    env: { ...none, ...env },
  });
  await emulator.hasSaid("AWS_ENDPOINT_URL_SAGEMAKER=");
  emulator.child.kill("SIGTERM");
  return (await emulator.ended).stderr;
}

describe("an emulator whose S3 does not answer", () => {
  it("names its own option and that address, not that of the environment, and no client asks again", async () => {
    await using emulator = await createSagemakerEmulator({
      s3Endpoint: NOWHERE,
      images: { "*": { url: "http://127.0.0.1:1" } },
    });
    process.env["AWS_ENDPOINT_URL_S3"] = "http://127.0.0.1:4766";
    onTestFinished(() => void delete process.env["AWS_ENDPOINT_URL_S3"]);
    const error = await createJob(emulator.url);
    expect(error).toMatchObject({ name: "ValidationException", $metadata: { attempts: 1 } });
    expect((error as Error).message).toContain(
      `Check the emulator's --s3-endpoint (s3Endpoint in the library), which is ${NOWHERE}, and that S3 answers there.`,
    );
  });

  it("asks three times, and not as often as a client of a service that is busy", async () => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = createS3Client({ endpoint: NOWHERE, region: "us-east-1", credentials, refusedTries: 3 });
    await expect(client.send(new ListBucketsCommand({}))).rejects.toMatchObject({ $metadata: { attempts: 3 } });
  });

  it("warns at its start, and goes on", async () => {
    expect(await saidAtStart(["--s3-endpoint", NOWHERE])).toMatch(
      /^S3: http:\/\/127\.0\.0\.1:1 \(--s3-endpoint\)\.\nWarning: No S3 answers there \(.+\)\. Start one, or correct the address/,
    );
  });
});

describe("the start of an emulator", () => {
  it("names the S3 of the environment, without a warning if something answers", async () => {
    const server = createServer((_request, response) => void response.writeHead(403).end()).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const said = await saidAtStart([], { AWS_ENDPOINT_URL_S3: url });
    expect(said).toContain(`S3: ${url} (the environment's AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL).\n`);
    expect(said).not.toContain("Warning");
  });

  it("says that it uses AWS itself if nothing names another", async () => {
    expect(await saidAtStart([])).toContain("S3: AWS itself, as neither --s3-endpoint nor AWS_ENDPOINT_URL_S3 names");
  });
});

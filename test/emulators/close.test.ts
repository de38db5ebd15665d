import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateModelCommand, CreateTransformJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { expect, it, onTestFinished } from "vitest";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";

const LISTING = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>in/a</Key><Size>2</Size></Contents></ListBucketResult>`;

it("starts no job that was asked for before the emulator was closed, and could be begun only after", async () => {
  const asked: string[] = [];
  let answerListing: (response: ServerResponse) => void = () => undefined;
  const listing = new Promise<ServerResponse>((resolve) => {
    answerListing = resolve;
  });
  // The objects and the model: a request to one of them after the end comes from a job.
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url?.includes("list-type=2")) answerListing(response);
    else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const emulator = await createSagemakerEmulator({
    s3Endpoint: url,
    settings: { latency: { start: 0 } },
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SageMakerClient({ endpoint: emulator.url, region: "us-east-1", credentials, maxAttempts: 1 });
  const PrimaryContainer = { Image: "any", Environment: { MODEL_SERVER_URL: url } };
  const ExecutionRoleArn = "arn:aws:iam::000000000000:role/scoring";
  await client.send(new CreateModelCommand({ ModelName: "m", ExecutionRoleArn, PrimaryContainer }));
  const created = client.send(
    new CreateTransformJobCommand({
      TransformJobName: "late",
      ModelName: "m",
      TransformInput: { DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: "s3://bucket/in/" } } },
      TransformOutput: { S3OutputPath: "s3://bucket/out/" },
      TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
    }),
  );
  const lost = expect(created).rejects.toThrow();
  const response = await listing;
  const closed = emulator.close();
  await lost;
  await closed;
  response.setHeader("content-type", "application/xml").end(LISTING);
  await once(response, "close");
  // What a job does first, it does in the turns that follow.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(asked).toEqual([expect.stringContaining("GET /bucket/")]);
});

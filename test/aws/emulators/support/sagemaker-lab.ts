import { setTimeout as sleep } from "node:timers/promises";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import type { CreateTransformJobCommandInput, DescribeTransformJobCommandOutput } from "@aws-sdk/client-sagemaker";
import {
  CreateModelCommand,
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import type { TestContext } from "vitest";
import { onTestFinished } from "vitest";
import type { SagemakerEmulator, SagemakerEmulatorOptions } from "../../../../src/emulators/index.ts";
import { createSagemakerEmulator } from "../../../../src/emulators/index.ts";
import { newBucket } from "../../support/buckets.ts";
import { s3ServerFor } from "../../support/s3-servers.ts";

const ROLE = "arn:aws:iam::000000000000:role/service-role/scoring";

/** What a test changes of a job; everything else is the smallest job that is valid. */
export type JobChanges = Partial<Omit<CreateTransformJobCommandInput, "TransformInput" | "TransformOutput">> & {
  readonly uri?: string;
  readonly input?: Partial<NonNullable<CreateTransformJobCommandInput["TransformInput"]>>;
  readonly output?: Partial<NonNullable<CreateTransformJobCommandInput["TransformOutput"]>>;
};

export type SagemakerLab = {
  readonly emulator: SagemakerEmulator;
  readonly client: SageMakerClient;
  readonly bucket: string;
  readonly logged: string[];
  put(key: string, body: string | Uint8Array): Promise<void>;
  /** Null if it is not there. */
  get(key: string): Promise<string | null>;
  keys(prefix?: string): Promise<string[]>;
  remove(key: string): Promise<void>;
  createModel(serverUrl: string, name?: string): Promise<void>;
  createJob(changes?: JobChanges): Promise<string>;
  describe(name: string): Promise<DescribeTransformJobCommandOutput>;
  /** Waits until a job is over. */
  finish(name: string): Promise<DescribeTransformJobCommandOutput>;
  /** Creates a job and waits until it is over. */
  run(changes?: JobChanges): Promise<DescribeTransformJobCommandOutput>;
};

/** An emulator over a new bucket, and a client of the AWS SDK that has nothing set but its endpoint. */
export async function sagemakerLab(
  context: Pick<TestContext, "skip">,
  options: SagemakerEmulatorOptions = {},
): Promise<SagemakerLab> {
  const { client: s3, name: bucket } = await newBucket(context, "ministack");
  const logged: string[] = [];
  const emulator = await createSagemakerEmulator({
    s3Endpoint: s3ServerFor(context, "ministack").endpoint,
    log: (line) => logged.push(line),
    ...options,
    settings: { ...options.settings, latency: { start: 0.01, stop: 0.01, ...options.settings?.latency } },
  });
  onTestFinished(() => emulator.close());
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SageMakerClient({ endpoint: emulator.url, region: "us-east-1", credentials, maxAttempts: 1 });
  let jobs = 0;

  const lab: SagemakerLab = {
    emulator,
    client,
    bucket,
    logged,
    put: async (key, body) => {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body) }));
    },
    get: async (key) => {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return (await Body?.transformToString()) ?? "";
      } catch (thrown) {
        if (thrown instanceof Error && thrown.name === "NoSuchKey") return null;
        throw thrown;
      }
    },
    keys: async (prefix = "") => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      return Contents.map(({ Key = "" }) => Key);
    },
    remove: async (key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    createModel: async (serverUrl, name = "model") => {
      const PrimaryContainer = { Image: "any-image:1", Environment: { MODEL_SERVER_URL: serverUrl } };
      await client.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer }));
    },
    createJob: async (given = {}) => {
      const { uri = `s3://${bucket}/in/`, input = {}, output = {}, ...changes } = given;
      jobs += 1;
      const name = changes.TransformJobName ?? `job-${jobs}`;
      const job: CreateTransformJobCommandInput = {
        ModelName: "model",
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: uri } },
          SplitType: "Line",
          ...input,
        },
        TransformOutput: { S3OutputPath: `s3://${bucket}/out/`, AssembleWith: "Line", ...output },
        TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
        ...changes,
        TransformJobName: name,
      };
      await client.send(new CreateTransformJobCommand(job));
      return name;
    },
    describe: (name) => client.send(new DescribeTransformJobCommand({ TransformJobName: name })),
    finish: async (name) => {
      for (;;) {
        const found = await lab.describe(name);
        if (found.TransformJobStatus !== "InProgress" && found.TransformJobStatus !== "Stopping") return found;
        await sleep(20);
      }
    },
    run: async (changes) => lab.finish(await lab.createJob(changes)),
  };
  return lab;
}

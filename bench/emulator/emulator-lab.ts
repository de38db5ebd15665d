import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { CreateTransformJobCommandInput } from "@aws-sdk/client-sagemaker";
import {
  CreateModelCommand,
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  SageMakerClient,
} from "@aws-sdk/client-sagemaker";
import { Upload } from "@aws-sdk/lib-storage";

const ACCESS = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
const BUCKET = "bench";
const POLL_MS = 20;

export type JobOptions = Partial<CreateTransformJobCommandInput> & {
  /** Of the bucket's input. */
  readonly prefix: string;
  /** @default "Line" */
  readonly splitBy?: "None" | "Line";
};

/** A bucket, a model before a container, and jobs over them. */
export type EmulatorLab = {
  put(key: string, body: string): Promise<void>;
  /** In parts, as they come. */
  putLarge(key: string, pieces: AsyncIterable<Buffer>): Promise<void>;
  /** Resolves when the job is over; throws if it has failed. */
  run(options: JobOptions): Promise<void>;
};

export async function openEmulatorLab(url: string, s3Endpoint: string, containerUrl: string): Promise<EmulatorLab> {
  const s3 = new S3Client({ ...ACCESS, endpoint: s3Endpoint, forcePathStyle: true });
  const client = new SageMakerClient({ ...ACCESS, endpoint: url });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const PrimaryContainer = { Image: "echo:1", Environment: { MODEL_SERVER_URL: containerUrl } };
  const ExecutionRoleArn = "arn:aws:iam::000000000000:role/bench";
  await client.send(new CreateModelCommand({ ModelName: "echo", ExecutionRoleArn, PrimaryContainer }));
  let jobs = 0;
  return {
    put: async (key, body) => {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: Buffer.from(body) }));
    },
    putLarge: async (key, pieces) => {
      const params = { Bucket: BUCKET, Key: key, Body: Readable.from(pieces) };
      await new Upload({ client: s3, params, partSize: 16_000_000 }).done();
    },
    run: async ({ prefix, splitBy = "Line", ...changes }) => {
      jobs += 1;
      const TransformJobName = `job-${jobs}`;
      const S3DataSource = { S3DataType: "S3Prefix", S3Uri: `s3://${BUCKET}/${prefix}` } as const;
      const job: CreateTransformJobCommandInput = {
        ModelName: "echo",
        TransformInput: { DataSource: { S3DataSource }, SplitType: splitBy },
        TransformOutput: { S3OutputPath: `s3://${BUCKET}/out/${TransformJobName}/` },
        TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
        ...changes,
        TransformJobName,
      };
      await client.send(new CreateTransformJobCommand(job));
      for (;;) {
        const { TransformJobStatus, FailureReason } = await client.send(
          new DescribeTransformJobCommand({ TransformJobName }),
        );
        if (TransformJobStatus === "Completed") return;
        if (TransformJobStatus !== "InProgress") throw new Error(`${TransformJobName} ended: ${FailureReason}`);
        await sleep(POLL_MS);
      }
    },
  };
}

import { randomUUID } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { TestContext } from "vitest";
import { createS3Client } from "../../../src/adapters/object-store/create-s3-client.ts";
import type { S3ServerName } from "./s3-servers.ts";
import { s3ServerFor } from "./s3-servers.ts";

export type TestBucket = { readonly client: S3Client; readonly name: string };

/** A new, empty bucket, and a client that finds it as ours do: by the environment of this process. */
export async function newBucket(context: Pick<TestContext, "skip">, name: S3ServerName): Promise<TestBucket> {
  const server = s3ServerFor(context, name);
  process.env["AWS_ENDPOINT_URL_S3"] = server.endpoint;
  process.env["AWS_ACCESS_KEY_ID"] = server.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = server.secretAccessKey;
  process.env["AWS_REGION"] = "us-east-1";
  const client = createS3Client();
  const bucket = `test-${randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return { client, name: bucket };
}

import { randomUUID } from "node:crypto";
import process from "node:process";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { startMinistack } from "../../scripts/local-cloud/start-ministack.ts";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";

/** A new bucket of the S3 that is measured against. */
export type Place = { readonly server: string; readonly bucket: string; stop(): Promise<void> };

/** The S3 that the environment names (`AWS_ENDPOINT_URL_S3`), or one that is started. The environment of this process then leads to it. */
export async function openPlace(): Promise<Place> {
  const given = process.env["AWS_ENDPOINT_URL_S3"];
  const started = given === undefined ? await startMinistack() : null;
  if (started !== null && "missing" in started)
    throw new Error(`There is no S3 to measure against: ${started.missing}.`);
  if (started !== null) {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: started.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
    });
  }
  const bucket = `bench-${randomUUID()}`;
  const client = createS3Client();
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return { server: started?.name ?? new URL(given ?? "").host, bucket, stop: async () => started?.stop() };
}

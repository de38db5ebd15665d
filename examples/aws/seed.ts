// Makes the bucket of job.yaml, and puts the sample of flights into it. May be repeated.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const BUCKET = "scoreframe-demo";
const KEY = "tables/flights/flights-sample.csv";
const sample = new URL("../../fixtures/flights-sample.csv", import.meta.url);

if (!process.env["AWS_ENDPOINT_URL_S3"]) {
  console.error("seed: set AWS_ENDPOINT_URL_S3 to the S3 of this machine, such as http://127.0.0.1:4566.");
  process.exit(2);
}

// The bucket is in the path, because DNS does not resolve its name in front of the host's.
const s3 = new S3Client({ forcePathStyle: true });
await s3.send(new CreateBucketCommand({ Bucket: BUCKET })).catch((error: unknown) => {
  if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
});
await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: await readFile(sample) }));
console.log(`s3://${BUCKET}/${KEY}`);

import { ScoreframeError } from "../core/errors/scoreframe-error.ts";

/** `s3://bucket/some/prefix` in its parts; the prefix has no `/` at either end and may be empty. */
export type S3Location = { readonly bucket: string; readonly prefix: string };

/** Whether a path means S3: `s3://…`, and Hadoop's names for the same. */
export function isS3(path: string): boolean {
  return /^s3[an]?:\/\//i.test(path);
}

/** Throws `USAGE` that says how the address must look. */
export function parseS3Location(address: string): S3Location {
  const [, bucket = "", prefix = ""] = /^s3[an]?:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  // The rules of bucket names, as far as they reveal a mistake (S3 user guide, "Bucket naming rules").
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || /\.\.|^\d+(\.\d+){3}$/.test(bucket)) {
    throw new ScoreframeError(
      "USAGE",
      `${address} names no bucket: "${bucket}" is not a bucket's name (3 to 63 lower-case letters, digits, dots and hyphens). Write s3://bucket/prefix.`,
    );
  }
  return { bucket, prefix: prefix.replace(/^\/+|\/+$/g, "") };
}

/** The bucket's address, and the key or key prefix in the path, unchanged. Throws `USAGE` as above. */
export function splitS3Path(path: string): { readonly bucket: string; readonly key: string } {
  const { bucket } = parseS3Location(path);
  return { bucket: `s3://${bucket}`, key: /^s3[an]?:\/\/[^/]*\/?(.*)$/is.exec(path)?.[1] ?? "" };
}

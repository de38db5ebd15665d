import { notEmulated } from "../service-error.ts";

/** An address as it was written: a prefix is any beginning of a key, so no slash is added or removed. */
export type S3Uri = { readonly bucket: string; readonly key: string };

/** Takes what matches the service's pattern. */
export function parseS3Uri(uri: string): S3Uri {
  if (!uri.startsWith("s3://")) throw notEmulated(`the address ${uri}`, "Write it as s3://bucket/key.");
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(uri) ?? [];
  return { bucket, key };
}

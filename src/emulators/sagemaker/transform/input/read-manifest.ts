import type { ObjectStore } from "../../../../core/ports/object-store.ts";
import { parseS3Uri } from "../../../host/s3/s3-uri.ts";
import { validationError } from "../../../host/service-error.ts";
import type { InputObject } from "./input-object.ts";

/**
 * The objects that a manifest names: a JSON list, of which the first element is `{"prefix": "s3://bucket/some/prefix/"}` and every other one a text that is
 * appended to the prefix, and names the output.
 */
export async function readManifest(uri: string, bucketOf: (name: string) => ObjectStore): Promise<InputObject[]> {
  const { bucket, key } = parseS3Uri(uri);
  const found = await bucketOf(bucket).readText(key);
  if (found === null) return [];
  const [head, ...names] = parseList(found.text, uri);
  const prefix = prefixOf(head, uri);
  if (!names.every((name) => typeof name === "string" && name !== "")) {
    throw invalid(uri, "every element after the first has to be a text, which is appended to the prefix");
  }
  const base = parseS3Uri(prefix);
  return (names as string[]).map((name) => ({ bucket: base.bucket, key: `${base.key}${name}`, name }));
}

function parseList(text: string, uri: string): readonly unknown[] {
  try {
    const document: unknown = JSON.parse(text);
    if (Array.isArray(document)) return document;
  } catch {
    // Thrown below.
  }
  throw invalid(uri, "it has to be a JSON list");
}

function prefixOf(head: unknown, uri: string): string {
  const prefix = typeof head === "object" && head !== null && "prefix" in head ? head.prefix : undefined;
  if (typeof prefix === "string" && prefix.startsWith("s3://")) return prefix;
  throw invalid(uri, 'its first element has to be {"prefix": "s3://bucket/prefix/"}');
}

function invalid(uri: string, reason: string): Error {
  return validationError(`The manifest "${uri}" is not valid: ${reason}.`);
}

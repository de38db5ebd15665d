import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../../scripts/lib/toolchain.mjs";
import type { S3Call } from "./recording-proxy.ts";

/** A statement of a policy of IAM, as far as the pages have it. All of them allow. */
export type Statement = {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: { readonly StringLike?: { readonly "s3:prefix": string } };
};

/** An action and the name of what it is done to, as IAM asks for them. */
export type Right = { readonly action: string; readonly resource: string };

/** The policy that a page gives in a block of this name. */
export function documentedPolicy(page: string, name: string): Statement[] {
  const [, text = ""] =
    new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\`\`\``).exec(readFileSync(join(root, page), "utf8")) ?? [];
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
}

export function allows({ Action, Resource }: Statement, { action, resource }: Right): boolean {
  return [Action].flat().includes(action) && like(Resource, resource);
}

/** `key`: `*` is for keys that are in the body of the request, of which only the bucket is known. */
export function allowsS3({ Action, Resource, Condition }: Statement, { action, bucket, key }: S3Call): boolean {
  if (![Action].flat().includes(action)) return false;
  const prefix = Condition?.StringLike?.["s3:prefix"];
  if (prefix !== undefined) return Resource === `arn:aws:s3:::${bucket}` && like(prefix, key);
  return (
    like(Resource, `arn:aws:s3:::${bucket}/${key}`) || (key === "*" && Resource.startsWith(`arn:aws:s3:::${bucket}/`))
  );
}

function like(pattern: string, text: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join("[\\s\\S]*")}$`).test(text);
}

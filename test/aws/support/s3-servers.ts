import type { TestContext } from "vitest";
import { inject } from "vitest";

/**
 * The S3 servers that are tried. versitygw keeps rules of S3 that ministack lets pass: signatures, and the least size of a streamed piece.
 * LocalStack is available if there is a container engine.
 */
export const S3_SERVERS = ["ministack", "versitygw", "localstack"] as const;
export type S3ServerName = (typeof S3_SERVERS)[number];

export type S3Server = { readonly endpoint: string; readonly accessKeyId: string; readonly secretAccessKey: string };

declare module "vitest" {
  interface ProvidedContext {
    s3: Readonly<Record<S3ServerName, S3Server | { readonly missing: string }>>;
  }
}

/** The server, or the end of the test, with the reason in the report. */
export function s3ServerFor(context: Pick<TestContext, "skip">, name: S3ServerName): S3Server {
  const server = inject("s3")[name];
  return "missing" in server ? context.skip(`${name} does not run here: ${server.missing}`) : server;
}

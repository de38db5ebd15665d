import process from "node:process";
import type { LocalS3 } from "./local-s3.ts";
import { startEmulator } from "./start-emulator.ts";
import { startMinistack } from "./start-ministack.ts";
import { startS3Container } from "./start-s3-container.ts";

export type LocalCloud = {
  /** What plays S3. */
  readonly s3: string;
  /** What a process needs to use it, and nothing by which it could reach an account. */
  readonly env: Readonly<Record<string, string>>;
  /** The variables that a person would set. */
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  // What boto3 and version 1 of the AWS CLI read in its place.
  AWS_DEFAULT_REGION: "us-east-1",
};

/**
 * Starts an S3 and a SageMaker on this machine: ministack if there is a Python, LocalStack if there is a Docker engine. Returns what is
 * missing if there is neither.
 */
export async function startLocalCloud(emulatorConfig: string): Promise<LocalCloud | { readonly missing: string }> {
  const s3 = await startS3();
  if ("missing" in s3) return s3;
  try {
    const variables = { ...CREDENTIALS, AWS_ENDPOINT_URL_S3: s3.endpoint };
    const emulator = await startEmulator(emulatorConfig, { ...withoutAws(process.env), ...variables });
    const endpoints = { AWS_ENDPOINT_URL_SAGEMAKER: emulator.url, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: emulator.url };
    const all = { ...variables, ...endpoints };
    return {
      s3: s3.name,
      variables: all,
      env: { ...withoutAws(process.env), ...all },
      async stop() {
        await emulator.stop();
        await s3.stop();
      },
    };
  } catch (thrown) {
    await s3.stop();
    throw thrown;
  }
}

async function startS3(): Promise<LocalS3 | { readonly missing: string }> {
  const ministack = await startMinistack();
  if (!("missing" in ministack)) return ministack;
  const container = await startS3Container();
  if (!("missing" in container)) return container;
  return {
    missing: `For a local S3, install Python 3.10 or newer, or start Docker: ${ministack.missing}; ${container.missing}`,
  };
}

/** No profile, token or endpoint of the caller: what runs here must not reach their account. */
function withoutAws(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !name.startsWith("AWS_"));
  return Object.fromEntries(kept) as Record<string, string>;
}

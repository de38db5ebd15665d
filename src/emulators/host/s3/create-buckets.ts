import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createS3Client } from "../../../adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../adapters/object-store/s3-object-store.ts";
import type { ObjectStore } from "../../../core/ports/object-store.ts";
import { S3_OPTION } from "./find-s3.ts";

/** A local S3 that refuses the connection is not running: the job fails before its client has given up waiting. */
const REFUSED_TRIES = 3;

/** Buckets by their names, in one S3: that of the endpoint, or that of the environment. */
export function createBuckets(endpoint: string | undefined, env: NodeJS.ProcessEnv): (name: string) => ObjectStore {
  const given = endpoint === undefined ? undefined : { option: S3_OPTION, url: endpoint };
  const client = createS3Client({
    refusedTries: REFUSED_TRIES,
    ...(endpoint === undefined ? {} : { endpoint, ...localDefaults(env) }),
  });
  const stores = new Map<string, ObjectStore>();
  return (name) => {
    const store = stores.get(name) ?? createS3ObjectStore(client, `s3://${name}`, given);
    stores.set(name, store);
    return store;
  };
}

/** A local S3 accepts any key and any region, so users need not set them; if they do, their settings are used. */
function localDefaults(env: NodeJS.ProcessEnv): Parameters<typeof createS3Client>[0] {
  const isSet = (...names: readonly string[]): boolean => names.some((name) => Boolean(env[name]));
  const files = [
    env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(homedir(), ".aws", "credentials"),
    env["AWS_CONFIG_FILE"] ?? join(homedir(), ".aws", "config"),
  ];
  const hasFiles = files.some((file) => existsSync(file));
  const hasCredentials =
    hasFiles ||
    isSet("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE") ||
    isSet("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI");
  return {
    ...(hasCredentials ? {} : { credentials: { accessKeyId: "test", secretAccessKey: "test" } }),
    ...(hasFiles || isSet("AWS_REGION", "AWS_PROFILE") ? {} : { region: "us-east-1" }),
  };
}

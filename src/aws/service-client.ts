import process from "node:process";

/** Tries of a request in all. The SDK's default of 3 gives up while S3 still says `SlowDown`. */
const ATTEMPTS = 8;
const CONNECT_TIMEOUT_MS = 10_000;
/** Without a byte in either direction. */
const IDLE_TIMEOUT_MS = 120_000;

/** Settings that every client of an AWS service shares. Credentials, region and endpoint come by the SDK's own chains. */
export type ServiceClientSettings = {
  readonly region?: string;
  readonly profile?: string;
  readonly retryMode: "adaptive";
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
};

export function serviceClientSettings(
  given: { readonly region?: string; readonly profile?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): ServiceClientSettings {
  return {
    ...given,
    retryMode: "adaptive",
    maxAttempts: Number(env["AWS_MAX_ATTEMPTS"]) || ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
  };
}

/** The endpoint that the environment names for a service (`S3`, `SAGEMAKER`); null where it is AWS itself. */
export function endpointFromEnvironment(service: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return null;
  return env[`AWS_ENDPOINT_URL_${service}`] || env["AWS_ENDPOINT_URL"] || null;
}

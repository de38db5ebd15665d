import process from "node:process";

/** Tries of a request in all. The SDK's default of 3 gives up while S3 still says `SlowDown`. */
const ATTEMPTS = 8;
const CONNECT_TIMEOUT_MS = 10_000;
/** Without a byte in either direction. */
const IDLE_TIMEOUT_MS = 60_000;
/** Tries without a response: all of them would be eight minutes without any output. */
const SILENT_TRIES = 3;

/** Settings that every client of an AWS service shares. Credentials, region and endpoint come from the SDK's own chains. */
export type ServiceClientSettings = {
  readonly region?: string;
  readonly profile?: string;
  readonly retryMode: "adaptive";
  readonly maxAttempts: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly socketTimeout: number;
    readonly httpsAgent: { readonly proxyEnv: NodeJS.ProcessEnv };
  };
};

export function serviceClientSettings(
  given: { readonly region?: string; readonly profile?: string } = {},
  env: NodeJS.ProcessEnv = process.env,
): ServiceClientSettings {
  return {
    ...given,
    retryMode: "adaptive",
    maxAttempts: Number(env["AWS_MAX_ATTEMPTS"]) || ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      // HTTPS_PROXY and NO_PROXY, as every other client of AWS takes them. A local server (http://) is asked directly.
      httpsAgent: { proxyEnv: env },
    },
  };
}

/** The part of the SDK's retry strategy that is used. */
type RetryStrategy = object & {
  refreshRetryTokenForRetry?(token: { getRetryCount(): number }, reason: { error?: unknown }): Promise<unknown>;
};

/**
 * Ends the retries of a client sooner if there is no response at all than if a service asks to retry later. A refused connection may be a server that
 * restarts, and is tried as often as anything else unless `refusedTries` is less.
 */
export function boundSilence<Client extends { readonly config: { retryStrategy(): Promise<object> } }>(
  client: Client,
  refusedTries: number = Number.POSITIVE_INFINITY,
): Client {
  const { config } = client;
  const chosen = config.retryStrategy.bind(config);
  let bounded: Promise<object> | undefined;
  config.retryStrategy = () => {
    bounded ??= chosen().then((strategy: RetryStrategy) => {
      const refresh = strategy.refreshRetryTokenForRetry?.bind(strategy);
      if (refresh === undefined) return strategy;
      return Object.assign(strategy, {
        refreshRetryTokenForRetry: (...[token, reason]: Parameters<typeof refresh>) => {
          if (token.getRetryCount() + 1 >= triesAfter(reason.error, refusedTries)) throw reason.error;
          return refresh(token, reason);
        },
      });
    });
    return bounded;
  };
  return client;
}

function triesAfter(error: unknown, refusedTries: number): number {
  if (!(error instanceof Error)) return Number.POSITIVE_INFINITY;
  if (error.name === "TimeoutError") return SILENT_TRIES;
  return "code" in error && error.code === "ECONNREFUSED" ? refusedTries : Number.POSITIVE_INFINITY;
}

/** The endpoint that the environment names for a service (`S3`, `SAGEMAKER`); null if it is AWS itself. */
export function endpointFromEnvironment(service: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return null;
  return endpointOfService(service, env) ?? (env["AWS_ENDPOINT_URL"] || null);
}

/** The endpoint that the environment names for this service alone, and not for all of AWS. */
export function endpointOfService(service: string, env: NodeJS.ProcessEnv = process.env): string | null {
  if (env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.toLowerCase() === "true") return null;
  return env[`AWS_ENDPOINT_URL_${service}`] || null;
}

/** As `endpointFromEnvironment`, and null as well for an address of AWS's own, such as that of a VPC endpoint. */
export function endpointBesidesAws(service: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const endpoint = endpointFromEnvironment(service, env);
  if (endpoint === null || !URL.canParse(endpoint)) return null;
  return /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname) ? null : endpoint;
}

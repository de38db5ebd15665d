import process from "node:process";
import { messageOf } from "../core/errors/scoreframe-error.ts";

/** The parts of an AWS SDK's error that are used. Nothing in it is secret. */
export type Fault = {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** Of Node: `ECONNRESET`. */
  readonly code: string;
  /** Whether the answer is an HTML page, which no service of AWS sends. */
  readonly html: boolean;
  /** The region that S3 names for the bucket; null if it names none. */
  readonly bucketRegion: string | null;
};

type SdkError = {
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  /** `AuthorizationHeaderMalformed` says it in its body. */
  readonly Region?: string;
};

export function readFault(thrown: unknown): Fault {
  const { $metadata, $response, Region } = (thrown ?? {}) as SdkError;
  const headers = $response?.headers ?? {};
  return {
    name: thrown instanceof Error ? thrown.name : "Error",
    message: masked(fullMessage(thrown)),
    status: $metadata?.httpStatusCode,
    code: thrown instanceof Error && "code" in thrown ? String(thrown.code) : "",
    html: /\bhtml\b/i.test(headers["content-type"] ?? ""),
    bucketRegion: headers["x-amz-bucket-region"] ?? Region ?? null,
  };
}

/**
 * The error as it may be kept as a cause and printed. S3 returns a session token that it rejects as `Token-0`, which the SDK adds to its error; other
 * services quote the request that should have been signed, with the token in it.
 */
export function withoutSecrets(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const shown = new Error(masked(fullMessage(thrown)));
  shown.name = thrown.name;
  shown.stack = masked(thrown.stack ?? "");
  const { $metadata } = thrown as SdkError;
  return $metadata === undefined ? shown : Object.assign(shown, { $metadata });
}

/** Environment variables whose values are secret. */
const SECRETS = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

function masked(text: string, env: NodeJS.ProcessEnv = process.env): string {
  const shortened = text
    .replace(/\s*The Canonical String for this request should have been[\s\S]*/, "")
    .replace(/(x-amz-(?:security-token|signature|credential)\s*[:=]\s*)[^\s&'"]+/gi, "$1…");
  return SECRETS.reduce((said, name) => (env[name] ? said.replaceAll(env[name], "…") : said), shortened);
}

/** If every address of a host refused the connection, Node's message is empty and the reasons are inside. */
function fullMessage(thrown: unknown): string {
  const message = messageOf(thrown);
  if (message !== "" || !(thrown instanceof AggregateError)) return message;
  return thrown.errors.map(messageOf)[0] ?? "";
}

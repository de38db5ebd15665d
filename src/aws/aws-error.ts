import type { ErrorCode } from "../core/errors/error-codes.ts";
import { messageOf, ScoreframeError } from "../core/errors/scoreframe-error.ts";

/** What was asked of which service. */
export type AwsAct = {
  /** As IAM writes it: `s3:PutObject`, `sagemaker:CreateTransformJob`. */
  readonly action: string;
  /** What it was done to, as a person would write it. */
  readonly resource: string;
};

/** An error of an SDK as far as it is looked at. */
type Fault = {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  /** Of Node: `ECONNRESET`. */
  readonly code: string;
};

type Kind = {
  readonly code: ErrorCode;
  /** Names of the errors, as S3, SageMaker and the SDK for JavaScript give them. */
  readonly names?: readonly string[];
  readonly statuses?: readonly number[];
  readonly message?: RegExp;
  readonly retryable?: true;
  says(fault: Fault, act: AwsAct): string;
};

const LIST_RIGHT = " If it does not exist, S3 says so only to whom s3:ListBucket is allowed on the bucket.";

/** The first that fits. A HEAD request's error has no name, only its status. */
const KINDS: readonly Kind[] = [
  {
    code: "AWS_CREDENTIALS_INVALID",
    names: ["CredentialsProviderError", "TokenProviderError"],
    message: /could not load credentials/i,
    says: ({ message }) =>
      `there are no credentials (${message}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE after \`aws configure\` or ` +
      "`aws sso login`, or run where a role is attached.",
  },
  {
    code: "AWS_REGION_INVALID",
    message: /region is missing|region not accepted/i,
    says: ({ message }) =>
      `${/region=""|is missing/i.test(message) ? "no region is set" : message.replace(/\.$/, "")}. Set AWS_REGION, or the region of your profile.`,
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    names: ["RequestTimeTooSkewed"],
    message: /signature (has )?expired|signature not yet current|too skewed|difference between the request time/i,
    says: () =>
      `this machine's clock (${new Date().toISOString()}) is too far from that of AWS. Set it right (NTP), then run again.`,
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    names: ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"],
    says: () => "the credentials have expired. Get new ones (`aws sso login`, or a new session token), then run again.",
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    names: [
      "InvalidAccessKeyId",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "InvalidToken",
      "IncompleteSignature",
    ],
    says: ({ name }) =>
      `the credentials are not valid there (${name}). See that the key, its secret and the session token belong together, and to this account.`,
  },
  {
    code: "AWS_REGION_INVALID",
    names: ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"],
    statuses: [301],
    says: ({ message }) => `it is in another region (${message}). Set AWS_REGION to that of the bucket.`,
  },
  {
    code: "AWS_ACCESS_DENIED",
    names: ["AccessDenied", "AccessDeniedException", "AllAccessDisabled", "KMSAccessDeniedException"],
    statuses: [403],
    says: ({ message }, { action, resource }) =>
      `access is denied. Allow ${action} on ${resource} in the policy of the role or user.${/^(|UnknownError|Access ?Denied\.?)$/i.test(message) ? "" : ` AWS says: ${message}`}${action === "s3:GetObject" ? LIST_RIGHT : ""}`,
  },
  {
    code: "BUCKET_NOT_FOUND",
    names: ["NoSuchBucket"],
    says: () => "the bucket does not exist. Correct its name, or create it first.",
  },
  {
    code: "OBJECT_NOT_FOUND",
    names: ["NoSuchKey"],
    statuses: [404],
    says: () => "it does not exist. Correct the path, or write it first.",
  },
  {
    code: "AWS_QUOTA_EXCEEDED",
    names: ["ResourceLimitExceeded", "ServiceQuotaExceededException", "LimitExceededException"],
    retryable: true,
    says: ({ message }) =>
      `a quota of the account is used up: ${message} Ask for more in the Service Quotas console, use fewer or other instances, or wait for other jobs.`,
  },
  {
    code: "AWS_THROTTLED",
    names: ["SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"],
    statuses: [429, 503],
    message: /rate exceeded/i,
    retryable: true,
    says: ({ name }) =>
      `AWS asks for fewer requests, also after many tries (${name}). Run again later, or fewer runs at the same time.`,
  },
  {
    code: "AWS_UNREACHABLE",
    message:
      /E(CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|PIPE)\b|TimeoutError|socket hang up|answer ended after/,
    retryable: true,
    says: ({ message }) =>
      `no answer, or only half of one (${message}). Check the network, and AWS_ENDPOINT_URL where it is set.`,
  },
];

/** An error of an AWS SDK as one that says what to do. What is a ScoreframeError already stays as it is. */
export function awsError(thrown: unknown, act: AwsAct): ScoreframeError {
  if (ScoreframeError.is(thrown)) return thrown;
  const fault = readFault(thrown);
  const kind = KINDS.find((each) => fits(each, fault));
  const says =
    kind?.says(fault, act) ?? `${fault.message} (${fault.name}${fault.status ? `, status ${fault.status}` : ""}).`;
  const retryable = kind === undefined ? (fault.status ?? 0) >= 500 : kind.retryable === true;
  return new ScoreframeError(kind?.code ?? "AWS_FAILED", `${act.action} on ${act.resource} failed: ${says}`, {
    operation: act.action,
    retryable,
    cause: thrown,
    ...(fault.status === undefined ? {} : { status: fault.status }),
    details: { resource: act.resource, error: fault.name },
  });
}

function fits({ names, statuses, message }: Kind, fault: Fault): boolean {
  return (
    names?.includes(fault.name) === true ||
    statuses?.includes(fault.status ?? 0) === true ||
    message?.test(`${fault.name} ${fault.code} ${fault.message}`) === true
  );
}

function readFault(thrown: unknown): Fault {
  const status = (thrown as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return { name: thrown instanceof Error ? thrown.name : "Error", message: fullMessage(thrown), status, code };
}

/** Where every address of a host was refused, Node's message is empty and the reasons are inside. */
function fullMessage(thrown: unknown): string {
  const message = messageOf(thrown);
  if (message !== "" || !(thrown instanceof AggregateError)) return message;
  return thrown.errors.map(messageOf)[0] ?? "";
}

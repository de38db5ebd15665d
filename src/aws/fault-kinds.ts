import type { ErrorCode } from "../core/errors/error-codes.ts";
import type { AwsAct } from "./aws-act.ts";
import { unreachable, wrongServer } from "./connection-hint.ts";
import { credentialsOf, expiredSignOn, noCredentials, renewal } from "./credentials-hint.ts";
import { parseDenial } from "./denial.ts";
import type { Fault } from "./fault.ts";
import { parseQuota, quotaHint } from "./quota.ts";

export type FaultKind = {
  readonly code: ErrorCode;
  /** Whether it is of this kind; the first that fits is taken. */
  fits(fault: Fault): boolean;
  /** Whether the same act may succeed when it is tried again. */
  readonly retryable?: (fault: Fault) => boolean;
  says(fault: Fault, act: AwsAct, service: string): string;
};

const LIST_RIGHT = " S3 reports a missing object only to users with s3:ListBucket on the bucket.";

const named =
  (...names: readonly string[]) =>
  ({ name }: Fault): boolean =>
    names.includes(name);
const says =
  (pattern: RegExp) =>
  ({ name, code, message }: Fault): boolean =>
    pattern.test(`${name} ${code} ${message}`);
const either =
  (...tests: readonly ((fault: Fault) => boolean)[]) =>
  (fault: Fault): boolean =>
    tests.some((test) => test(fault));
const always = (): boolean => true;

/** Errors by their names, as S3, SageMaker and the SDK for JavaScript give them. A HEAD request's error has no name, only its status. */
export const FAULT_KINDS: readonly FaultKind[] = [
  {
    code: "AWS_UNREACHABLE",
    fits: either(({ html }) => html, named("NotS3"), says(/^SyntaxError .*is not valid JSON|Deserialization error/)),
    says: (fault, { endpoint }, service) => wrongServer(service, fault, endpoint),
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    fits: says(/SSO (session|token)|sso login/i),
    says: (_fault, { profile }) => expiredSignOn(profile),
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    fits: either(named("CredentialsProviderError", "TokenProviderError"), says(/could not load credentials/i)),
    says: (_fault, { profile }) => noCredentials(profile),
  },
  {
    code: "AWS_REGION_INVALID",
    fits: says(/region is missing|region not accepted/i),
    says: ({ message }) =>
      `${/region=""|is missing/i.test(message) ? "no region is set" : message.replace(/\.$/, "")}. Set AWS_REGION, or the region of your profile.`,
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    fits: either(
      named("RequestTimeTooSkewed"),
      says(/signature (has )?expired|signature not yet current|too skewed|difference between the request time/i),
    ),
    says: () =>
      `this machine's clock (${new Date().toISOString()}) is too far from that of AWS. Correct it (NTP), then run again.`,
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    fits: named("ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"),
    says: (_fault, { profile }) =>
      `the credentials${credentialsOf(profile)} have expired. Get new ones (\`aws sso login\`, or a new session token), then run again.${renewal(profile)}`,
  },
  {
    code: "AWS_CREDENTIALS_INVALID",
    fits: named(
      "InvalidAccessKeyId",
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "InvalidSignatureException",
      "InvalidToken",
      "IncompleteSignature",
      "MissingAuthenticationToken",
    ),
    says: ({ name }, { profile }) =>
      `the credentials${credentialsOf(profile)} are not valid there (${name}). Check that the key, its secret and the session token belong together, and to this account.`,
  },
  {
    code: "AWS_REGION_INVALID",
    fits: either(
      named("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"),
      ({ status }) => status === 301,
    ),
    says: ({ message, bucketRegion }) =>
      bucketRegion === null
        ? `it is in another region${/^(|UnknownError)$/.test(message) ? "" : ` (${message})`}. Set AWS_REGION to that of the bucket.`
        : `the bucket is in the region ${bucketRegion}. Set AWS_REGION=${bucketRegion}.`,
  },
  {
    code: "AWS_ACCESS_DENIED",
    fits: either(
      named("AccessDenied", "AccessDeniedException", "AllAccessDisabled", "KMSAccessDeniedException"),
      ({ status }) => status === 403,
    ),
    says: denied,
  },
  {
    code: "BUCKET_NOT_FOUND",
    fits: named("NoSuchBucket"),
    says: () => "the bucket does not exist. Correct its name, or create it first.",
  },
  {
    code: "BUCKET_NOT_FOUND",
    fits: named("InvalidBucketName"),
    says: () => "no bucket can have such a name. Correct it: 3 to 63 lower-case letters, digits, dots and hyphens.",
  },
  {
    code: "OBJECT_NOT_FOUND",
    fits: either(named("NoSuchKey"), ({ status }) => status === 404),
    says: () => "it does not exist, or not any more. Correct the path, or find out who removed it.",
  },
  {
    code: "AWS_QUOTA_EXCEEDED",
    fits: named("ResourceLimitExceeded", "ServiceQuotaExceededException", "LimitExceededException"),
    retryable: ({ message }) => {
      const quota = parseQuota(message);
      return quota === null || quota.asked <= quota.limit;
    },
    says: ({ message }, { region }) => quotaHint(message, region),
  },
  {
    code: "AWS_THROTTLED",
    fits: either(
      named("SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"),
      ({ status }) => status === 429 || status === 503,
      says(/rate exceeded/i),
    ),
    retryable: always,
    says: ({ name }) =>
      `AWS asks for fewer requests, even after many tries (${name}). Run again later, or fewer runs at the same time.`,
  },
  {
    code: "AWS_UNREACHABLE",
    fits: either(
      named("RequestTimeout", "TimeoutError"),
      says(
        /\bE(CONNREFUSED|CONNRESET|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE|PROTO)\b|ERR_SSL_|socket hang up|answer ended after|wrong version number|HPE_INVALID|Invalid URL|establish tunnel|CERT_|_CERT|SELF_SIGNED|LEAF_SIGNATURE|ALTNAME_INVALID/,
      ),
    ),
    retryable: always,
    says: (fault, { endpoint }, service) => unreachable(service, fault, endpoint),
  },
];

/** IAM's message names the missing right, which may not be that of the action: a key of KMS, a role to pass. */
function denied({ message }: Fault, { action, resource }: AwsAct): string {
  const denial = parseDenial(message);
  if (denial?.explicit) {
    return `access is denied, and no Allow overrides an explicit deny: change the policy that has it. AWS says: ${sentence(message)}`;
  }
  const right = denial === null ? `${action} on ${resource}` : `${denial.action} on ${denial.resource || resource}`;
  const said = /^(|UnknownError|Access ?Denied\.?|Forbidden)$/i.test(message) ? "" : ` AWS says: ${sentence(message)}`;
  return `access is denied. Allow ${right} in the policy of the role or user.${said}${denial === null && action === "s3:GetObject" ? LIST_RIGHT : ""}`;
}

function sentence(text: string): string {
  return text.replace(/[.\s]*$/, ".");
}

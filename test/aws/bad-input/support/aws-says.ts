import type { ScriptedAnswer } from "../../../adapters/object-store/scripted-s3.ts";
import { s3Error } from "../../../adapters/object-store/scripted-s3.ts";
import type { AnswerS3 } from "../../support/recording-proxy.ts";
import type { Intervene } from "../../support/sagemaker-proxy.ts";
import { SECRETS } from "./cloud.ts";

/** An error of a service that speaks JSON 1.1: `{"__type":…,"message":…}`, as aws/aws-sdk#486 shows one. */
export function jsonError(type: string, message: string, status = 400) {
  return { status, body: JSON.stringify({ __type: type, message }) };
}

/** SageMaker answers this to the calls that are named, or to all. */
export function sagemakerSays(type: string, message: string, ...actions: readonly string[]): Intervene {
  return (action) => (actions.length === 0 || actions.includes(action) ? jsonError(type, message) : "pass");
}

/** S3 answers this to the rights that are named (`GetObject`), or to all. */
export function s3Says(answer: ScriptedAnswer, ...actions: readonly string[]): AnswerS3 {
  return ({ action }) => (actions.length === 0 || actions.includes(action.slice("s3:".length)) ? answer : null);
}

const USER = "arn:aws:iam::123456789012:user/me";

/** IAM's words, as its user guide gives them ("Troubleshoot access denied error messages"). */
export function notAuthorized(
  action: string,
  resource: string,
  why = `no identity-based policy allows the ${action} action`,
) {
  return `User: ${USER} is not authorized to perform: ${action} on resource: ${resource} because ${why}`;
}

/** Bodies of S3: "Error responses" of its API reference, and what requests to it gave. The rejected token comes back as `Token-0`. */
export const S3_ERRORS = {
  unknownKey: s3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", {
    AWSAccessKeyId: SECRETS.AWS_ACCESS_KEY_ID,
  }),
  expiredToken: s3Error(400, "ExpiredToken", "The provided token has expired.", {
    "Token-0": SECRETS.AWS_SESSION_TOKEN,
  }),
  invalidToken: s3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.", {
    "Token-0": SECRETS.AWS_SESSION_TOKEN,
  }),
  skewed: s3Error(
    403,
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    { RequestTime: "20261121T000000Z", ServerTime: "2026-11-21T15:00:00Z", MaxAllowedSkewMilliseconds: "900000" },
  ),
  slowDown: s3Error(503, "SlowDown", "Please reduce your request rate."),
  accessDenied: s3Error(403, "AccessDenied", "Access Denied"),
  requestTimeout: s3Error(
    400,
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
  ),
  invalidBucketName: s3Error(400, "InvalidBucketName", "The specified bucket is not valid."),
  noSuchKey: s3Error(404, "NoSuchKey", "The specified key does not exist."),
  redirect: (bucket: string): ScriptedAnswer => {
    const answer = s3Error(
      301,
      "PermanentRedirect",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      { Endpoint: `${bucket}.s3.eu-west-1.amazonaws.com`, Bucket: bucket },
    );
    return { ...answer, headers: { ...answer.headers, "x-amz-bucket-region": "eu-west-1" } };
  },
  malformed: s3Error(
    400,
    "AuthorizationHeaderMalformed",
    "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    { Region: "eu-west-1" },
  ),
} as const;

/** A page for people, as a proxy or another server gives it. */
export const HTML = {
  body: "<html><body>Please sign in</body></html>",
  headers: { "content-type": "text/html" },
} as const;

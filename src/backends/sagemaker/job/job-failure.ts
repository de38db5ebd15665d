import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import type { RowCause } from "../../../core/protocols/responses/error-object.ts";
import type { ServicePlace } from "./job-place.ts";
import { logPlace } from "./job-place.ts";

/** A job that has ended, and the shards that it did not answer. */
export type EndedJob = {
  readonly name: string;
  readonly place: ServicePlace;
  readonly status: string;
  readonly reason: string | undefined;
};

const NAMED = 5;

/** What to do about the reasons that SageMaker gives. */
const FIXES: readonly (readonly [RegExp, string])[] = [
  [
    /Access ?Denied|not authorized|permission/i,
    "The model's execution role may not read the requests or write the answers (s3:ListBucket, s3:GetObject, s3:PutObject): allow it on the workspace.",
  ],
  [/CapacityError/, "Run again later, or with another instance_type."],
  [
    /respond to ping/,
    "The container never became healthy: look at its logs, and try it with `scoreframe serve` or `docker run`.",
  ],
  [
    /ClientError/,
    "The container refused a record (status 4xx): its log says which file and why. If it is 413, lower requests.batch_size; if it is 415, or says that a content type is not supported, set content_type (application/json for stock Hugging Face and framework containers) or accept.",
  ],
  [/AlgorithmError/, "The container failed (status 5xx, a crash, or no memory): its log says why."],
  [/Internal ?(Server)? ?[Ee]rror/, "A fault of the service, or a model larger than the 30 GB volume: run again."],
];

/** The job ended without a single answer, so nothing can be kept. */
export function jobFailed(job: EndedJob, missing: readonly RequestShard[]): ScoreframeError {
  return new ScoreframeError("TRANSFORM_JOB_FAILED", `${failureText(job)} ${filesText(missing)} ${fixFor(job)}`, {
    backend: "sagemaker",
    operation: "score",
    details: {
      job: job.name,
      status: job.status,
      failure_reason: job.reason ?? null,
      logs: logPlace(job.place, job.name),
      shards: missing.map(({ shard }) => shard),
    },
  });
}

/** Why the rows of a file without an answer are dead letters. */
export function missingAnswer(job: EndedJob, missing: readonly RequestShard[]): RowCause {
  return {
    code: "TRANSFORM_JOB_FAILED",
    message: `${failureText(job)} ${filesText(missing)} ${fixFor(job)}`,
    attempts: 1,
  };
}

export function stoppedBySomebody(job: EndedJob): ScoreframeError {
  return new ScoreframeError(
    "TRANSFORM_JOB_STOPPED",
    `The transform job ${job.name} was stopped from outside this run. SageMaker keeps no answers of a stopped job: run again. CloudTrail shows who stopped it (StopTransformJob).`,
    { backend: "sagemaker", operation: "score", details: { job: job.name } },
  );
}

/** The error that ended a run, extended by the job that could not be stopped; null if every job is stopped. */
export function leftRunning(thrown: unknown, job: string | null, region: string): unknown {
  if (job === null || !ScoreframeError.is(thrown)) return thrown;
  const command = `aws sagemaker stop-transform-job --transform-job-name ${job} --region ${region}`;
  const message = `${thrown.message} The transform job could not be stopped and may still run and cost money: \`${command}\`.`;
  return new ScoreframeError(thrown.code, message, { ...thrown.facts, cause: thrown.cause });
}

function failureText({ name, status, reason }: EndedJob): string {
  const said = reason === undefined ? "" : `: ${reason.replace(/\.$/, "")}`;
  return `The transform job ${name} ${status === "Failed" ? "failed" : `ended as ${status}`}${said}.`;
}

function filesText(missing: readonly RequestShard[]): string {
  const shards = missing.map(({ shard }) => shard);
  const named = shards.slice(0, NAMED).join(", ");
  const more = shards.length > NAMED ? ` and ${shards.length - NAMED} more` : "";
  return `No answer to ${shards.length === 1 ? "shard" : "shards"} ${named}${more}: SageMaker answers a file whole or not at all.`;
}

function fixFor({ name, place, status, reason = "" }: EndedJob): string {
  const fix =
    status === "Completed"
      ? "Its request file may have been removed while the job ran."
      : (FIXES.find(([pattern]) => pattern.test(reason))?.[1] ?? "Its log may say more.");
  return `${fix} Logs: ${logPlace(place, name)}`;
}

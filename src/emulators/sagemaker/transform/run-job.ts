import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { parseS3Uri } from "../s3-uri.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import type { Model } from "../state/model.ts";
import type { TransformJob } from "../state/transform-job.ts";
import { moveTo } from "../state/transform-job.ts";
import { assignObjects } from "./assign-objects.ts";
import type { InputObject } from "./input-object.ts";
import { JobFailure } from "./job-failure.ts";
import type { JobLog } from "./job-log.ts";
import { createJobLog } from "./job-log.ts";
import { runInstance } from "./run-instance.ts";

export type JobContext = SagemakerContext & { readonly model: Model; readonly objects: readonly InputObject[] };

/** Takes a job from InProgress to its end. Never rejects: whatever goes wrong is the job's failure. */
export async function runJob(job: TransformJob, context: JobContext): Promise<void> {
  const { settings, log } = context;
  const jobLog = createJobLog(job.name, log);
  const written: string[] = [];
  let failure: JobFailure | null = null;
  try {
    await sleep(settings.latency.start * 1000, undefined, { signal: job.stop.signal });
    job.started = new Date();
    failure = await transformAll(job, context, jobLog, written);
  } catch (thrown) {
    failure = job.stop.signal.aborted ? null : asFailure(thrown, jobLog);
  }
  await rm(scratchOf(job, context), { recursive: true, force: true });
  if (job.stop.signal.aborted) await endStopped(job, context, written);
  else endOnItsOwn(job, failure);
}

/** Runs every instance to its end, and answers the first failure of an object, if there was one. */
async function transformAll(
  job: TransformJob,
  context: JobContext,
  jobLog: JobLog,
  written: string[],
): Promise<JobFailure | null> {
  const failures: JobFailure[] = [];
  const shares = assignObjects(context.objects, job.input.TransformResources.InstanceCount);
  // One instance that cannot go on ends the job; the others then need not, either.
  const ended = new AbortController();
  const signal = AbortSignal.any([job.stop.signal, ended.signal]);
  const instances = shares.map(async (objects, index) => {
    const scratch = join(scratchOf(job, context), String(index));
    await mkdir(scratch, { recursive: true });
    await runInstance({
      ...context,
      job,
      jobLog,
      scratch,
      objects,
      signal,
      onWritten: (key) => written.push(key),
      onFailure: (object, failure) => {
        jobLog.object(object, failure.lines);
        failures.push(failure);
      },
    }).catch((thrown: unknown) => {
      ended.abort(thrown);
      throw thrown;
    });
  });
  const outcomes = await Promise.allSettled(instances);
  if (ended.signal.aborted) throw ended.signal.reason;
  const broken = outcomes.find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
  return failures[0] ?? null;
}

function endOnItsOwn(job: TransformJob, failure: JobFailure | null): void {
  job.ended = new Date();
  if (failure !== null) job.failureReason = failure.reason;
  moveTo(job, failure === null ? "Completed" : "Failed");
}

async function endStopped(job: TransformJob, context: JobContext, written: readonly string[]): Promise<void> {
  if (context.settings.stoppedOutput === "remove" && written.length > 0) {
    const { bucket } = parseS3Uri(job.input.TransformOutput.S3OutputPath);
    await context
      .bucket(bucket)
      .remove(written)
      .catch((thrown: unknown) => context.log(`${job.name}: its output could not be removed: ${messageOf(thrown)}`));
  }
  await sleep(context.settings.latency.stop * 1000);
  job.ended = new Date();
  moveTo(job, "Stopped");
}

function asFailure(thrown: unknown, jobLog: JobLog): JobFailure {
  const failure =
    thrown instanceof JobFailure
      ? thrown
      : new JobFailure("InternalServerError", "We encountered an internal error. Please try again.", [
          messageOf(thrown),
        ]);
  for (const line of failure.lines) jobLog.job(line);
  return failure;
}

function scratchOf({ arn }: TransformJob, { scratch }: JobContext): string {
  return join(scratch, arn.replace(/[^a-z0-9-]+/g, "-"));
}

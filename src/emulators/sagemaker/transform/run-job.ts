import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { parseS3Uri } from "../../host/s3/s3-uri.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import { instancesInUse } from "../state/instances-in-use.ts";
import type { Model } from "../state/model.ts";
import type { TransformJob } from "../state/transform-job.ts";
import { moveTo } from "../state/transform-job.ts";
import type { InputObject } from "./input/input-object.ts";
import { internalError, JobFailure } from "./job-failure.ts";
import { runInstances } from "./run-instances.ts";

export type JobContext = SagemakerContext & { readonly model: Model; readonly objects: readonly InputObject[] };

/** Takes a job from InProgress to its end. Never rejects: any error is the job's failure. */
export async function runJob(job: TransformJob, context: JobContext): Promise<void> {
  const scratch = join(context.scratch, job.region, job.name);
  const written: string[] = [];
  const failure = await work(job, { ...context, scratch, onWritten: (key) => written.push(key) });
  await rm(scratch, { recursive: true, force: true }).catch(() => undefined);
  if (job.stop.signal.aborted) await endStopped(job, context, written);
  else endOnItsOwn(job, failure);
}

async function work(job: TransformJob, context: Parameters<typeof runInstances>[1]): Promise<JobFailure | null> {
  try {
    await sleep(context.settings.latency.start * 1000, undefined, { signal: job.stop.signal });
    const failure = checkCapacity(job, context);
    if (failure !== null) return failure;
    job.started = new Date();
    return await runInstances(job, context);
  } catch (thrown) {
    return job.stop.signal.aborted ? null : internalError([messageOf(thrown)]);
  }
}

/** Whether enough machines are left by the jobs that have started already. */
function checkCapacity(job: TransformJob, { settings, regions }: JobContext): JobFailure | null {
  const { InstanceType, InstanceCount } = job.input.TransformResources;
  const capacity = settings.capacity[InstanceType];
  if (capacity === undefined) return null;
  const others = [...regions.of(job.region).jobs.values()].filter(({ started }) => started !== undefined);
  if (instancesInUse(others, InstanceType) + InstanceCount <= capacity) return null;
  const message = "Unable to provision requested ML compute capacity. Please retry using a different ML instance type.";
  return new JobFailure("CapacityError", message);
}

function endOnItsOwn(job: TransformJob, failure: JobFailure | null): void {
  job.ended = new Date();
  if (failure !== null) job.failureReason = failure.reason;
  moveTo(job, failure === null ? "Completed" : "Failed");
}

/** "When you stop a batch transform job before it is completed, Amazon SageMaker doesn't store the job's output" (StopTransformJob). */
async function endStopped(job: TransformJob, context: JobContext, written: readonly string[]): Promise<void> {
  if (context.settings.stoppedOutput === "remove") {
    const { bucket } = parseS3Uri(job.input.TransformOutput.S3OutputPath);
    await context
      .bucket(bucket)
      .remove(written)
      .catch((thrown: unknown) => {
        const place = { region: job.region, job: job.name, stream: "stop" };
        context.log(place, `The output of the stopped job could not be removed: ${messageOf(thrown)}`);
      });
  }
  // An emulator that is being closed does not wait for a client to see it.
  await sleep(context.settings.latency.stop * 1000, undefined, { signal: context.closing }).catch(() => undefined);
  job.ended = new Date();
  moveTo(job, "Stopped");
}

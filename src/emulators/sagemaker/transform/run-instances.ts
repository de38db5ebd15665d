import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import type { Model } from "../state/model.ts";
import type { TransformJob } from "../state/transform-job.ts";
import { assignObjects } from "./input/assign-objects.ts";
import type { InputObject } from "./input/input-object.ts";
import { createInstanceLog } from "./instance-log.ts";
import { internalError, JobFailure } from "./job-failure.ts";
import { runInstance } from "./run-instance.ts";

export type InstancesContext = SagemakerContext & {
  readonly model: Model;
  readonly objects: readonly InputObject[];
  /** The folder of the job. */
  readonly scratch: string;
  /** Called for each object that was written, with its key in the bucket of the output. */
  onWritten(key: string): void;
};

/**
 * Runs every instance of a job to its end, and returns the first failure of an object, or null. Rejects if an instance cannot go on at all; the others
 * are ended then.
 */
export async function runInstances(job: TransformJob, context: InstancesContext): Promise<JobFailure | null> {
  const failures: JobFailure[] = [];
  const ended = new AbortController();
  const signal = AbortSignal.any([job.stop.signal, ended.signal]);
  const began = Math.floor(Date.now() / 1000);
  const runOne = async (objects: readonly InputObject[], index: number): Promise<void> => {
    const instance = `i-${index.toString(16).padStart(17, "0")}`;
    const place = { region: job.region, job: job.name, stream: `${instance}-${began}/data-log` };
    const log = createInstanceLog((line) => context.log(place, line));
    const scratch = join(context.scratch, String(index));
    const onFailure = (object: InputObject, failure: JobFailure): void => {
      log.object(object, failure.lines);
      failures.push(failure);
    };
    try {
      await mkdir(scratch, { recursive: true });
      await runInstance({ ...context, job, log, scratch, objects, signal, onFailure });
    } catch (thrown) {
      if (signal.aborted) return;
      const failure = thrown instanceof JobFailure ? thrown : internalError([messageOf(thrown)]);
      for (const line of failure.lines) log.job(line);
      ended.abort(failure);
    }
  };
  await Promise.all(assignObjects(context.objects, job.input.TransformResources.InstanceCount).map(runOne));
  return ended.signal.aborted ? (ended.signal.reason as JobFailure) : (failures[0] ?? null);
}

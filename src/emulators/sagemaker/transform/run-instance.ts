import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent } from "undici";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { parseS3Uri } from "../../host/s3/s3-uri.ts";
import { askExecutionParameters } from "../containers/ask-execution-parameters.ts";
import { awaitPing } from "../containers/await-ping.ts";
import { containerEnvironment } from "../containers/container-environment.ts";
import type { RunningContainer } from "../containers/running-container.ts";
import { createProcessor } from "../data-processing/data-processing.ts";
import type { SagemakerContext } from "../sagemaker-context.ts";
import type { Model } from "../state/model.ts";
import type { TransformJob } from "../state/transform-job.ts";
import type { Answer } from "./exchange/answer.ts";
import type { Exchange } from "./exchange/exchange.ts";
import { invoke } from "./exchange/invoke.ts";
import { planExchanges } from "./exchange/plan-exchanges.ts";
import { createRequestSlots } from "./exchange/request-slots.ts";
import type { InputObject } from "./input/input-object.ts";
import { transformObject } from "./input/transform-object.ts";
import type { InstanceLog } from "./instance-log.ts";
import { internalError, JobFailure, seeLogs } from "./job-failure.ts";
import type { TransformSettings } from "./transform-settings.ts";
import { describeSettings, transformSettings } from "./transform-settings.ts";

export type InstanceContext = Pick<SagemakerContext, "bucket" | "containers" | "settings"> & {
  readonly model: Model;
  readonly job: TransformJob;
  readonly log: InstanceLog;
  readonly objects: readonly InputObject[];
  /** The folder of this instance. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Called for each object that was written, with its key in the bucket of the output. */
  onWritten(key: string): void;
  /** Called for each object that failed; the others go on. */
  onFailure(object: InputObject, failure: JobFailure): void;
};

/** One machine of a job: starts its container, and transforms its objects. Rejects if the container fails. */
export async function runInstance(context: InstanceContext): Promise<void> {
  const container = await startContainer(context);
  const dispatcher = new Agent({ connectTimeout: 10_000 });
  try {
    if (container.isReady !== true) await awaitPing(container, context.settings.pingTimeout, context.signal);
    const transform = transformSettings(context.job.input, await askExecutionParameters(container, context.signal));
    context.log.job(describeSettings(transform));
    await transformObjects(context, transform, container, dispatcher);
  } finally {
    await dispatcher.destroy();
    await container.stop();
  }
}

async function startContainer({
  containers,
  model,
  job,
  settings,
  scratch,
  signal,
}: InstanceContext): Promise<RunningContainer> {
  try {
    return await containers.start(model.container, {
      env: containerEnvironment(model, job.input),
      logDirectory: scratch,
      timeoutSeconds: settings.pingTimeout,
      signal,
    });
  } catch (thrown) {
    signal.throwIfAborted();
    throw new JobFailure("AlgorithmError", "Model container failed to respond to ping", messageOf(thrown).split("\n"));
  }
}

/** As many objects at a time as requests: objects of one request each would otherwise wait for each other. */
async function transformObjects(
  context: InstanceContext,
  transform: TransformSettings,
  container: RunningContainer,
  dispatcher: Agent,
): Promise<void> {
  const slots = createRequestSlots(transform.concurrency);
  const waiting = context.objects.entries();
  const worker = async (): Promise<void> => {
    for (const [index, object] of waiting) {
      await transformOne({ index, object }, context, transform, { slots, container, dispatcher });
    }
  };
  const workers = Array.from({ length: Math.min(transform.concurrency, context.objects.length) }, worker);
  // The caller then removes the container and the files.
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

type Machinery = {
  readonly slots: ReturnType<typeof createRequestSlots>;
  readonly container: RunningContainer;
  readonly dispatcher: Agent;
};

async function transformOne(
  { index, object }: { readonly index: number; readonly object: InputObject },
  context: InstanceContext,
  transform: TransformSettings,
  { slots, container, dispatcher }: Machinery,
): Promise<void> {
  const { job, settings, signal } = context;
  const { TransformInput, TransformOutput } = job.input;
  const [inputPath, outputPath] = [join(context.scratch, `${index}.in`), join(context.scratch, `${index}.out`)];
  const pause = sleep(settings.latency.object * 1000, undefined, { signal });
  pause.catch(() => undefined);
  try {
    await context.bucket(object.bucket).download(object.key, inputPath, signal);
    const exchanges = planExchanges(inputPath, {
      splitBy: TransformInput.SplitType === "Line" ? "Line" : "None",
      strategy: transform.strategy,
      payloadBytes: transform.payloadMb * settings.bytesPerMb,
      isGzipped: TransformInput.CompressionType === "Gzip",
      recordNewline: settings.recordNewline,
      assembleWith: TransformOutput.AssembleWith ?? "None",
      processor: createProcessor(job.input),
    });
    const sending = {
      container,
      dispatcher,
      contentType: TransformInput.ContentType,
      accept: TransformOutput.Accept,
      timeoutSeconds: transform.timeoutSeconds,
      maxRetries: transform.maxRetries,
      retriedStatuses: settings.retriedStatuses,
      retryDelay: settings.retryDelay,
      responseLimit: settings.responseLimit,
    };
    let sent = 0;
    const send = ({ payload }: Exchange, ended: AbortSignal): Promise<Answer> => {
      sent += 1;
      return invoke(payload, { ...sending, spoolPath: `${outputPath}.${sent}` }, ended);
    };
    await transformObject({ exchanges, slots, outputPath, send }, signal);
    await pause;
    context.onWritten(await store(outputPath, object, context));
  } catch (thrown) {
    signal.throwIfAborted();
    context.onFailure(object, asFailure(thrown));
  } finally {
    await Promise.all([rm(inputPath, { force: true }), rm(outputPath, { force: true })]);
  }
}

/** Stores the output of a whole object; a part of one never gets there. */
async function store(path: string, { name }: InputObject, { job, bucket, signal }: InstanceContext): Promise<string> {
  const output = parseS3Uri(job.input.TransformOutput.S3OutputPath);
  const folder = output.key === "" || output.key.endsWith("/") ? output.key : `${output.key}/`;
  const key = `${folder}${name}.out`;
  await bucket(output.bucket).upload(path, key, signal);
  return key;
}

function asFailure(thrown: unknown): JobFailure {
  if (thrown instanceof JobFailure) return thrown;
  // An object that is missing, unreadable or not gzip is the caller's fault; so is an output that cannot be written.
  if (ScoreframeError.is(thrown) || isCompressionFault(thrown)) return seeLogs("ClientError", [messageOf(thrown)]);
  return internalError([messageOf(thrown)]);
}

function isCompressionFault(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("Z_");
}

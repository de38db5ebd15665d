import { setMaxListeners } from "node:events";
import { writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { DescribeTransformJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { counted } from "../../core/errors/counted.ts";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { ShardResponse } from "../../core/pipeline/shard-response.ts";
import type { RemoteFiles } from "../../core/ports/run-store.ts";
import type { BackendContext, RequestShard, ScoringSession } from "../../core/ports/scoring-backend.ts";
import type { RowCause } from "../../core/protocols/error-object.ts";
import { errorObjectText } from "../../core/protocols/error-object.ts";
import { pairAnswerFile } from "./answer-file.ts";
import type { Guard } from "./guard.ts";
import { createGuard } from "./guard.ts";
import { costOf } from "./job-cost.ts";
import type { EndedJob } from "./job-failure.ts";
import { jobFailed, leftRunning, missingAnswer, stoppedBySomebody } from "./job-failure.ts";
import { jobLink } from "./job-link.ts";
import { jobName } from "./job-name.ts";
import type { SagemakerOptions } from "./sagemaker-options.ts";
import type { SagemakerService } from "./sagemaker-service.ts";
import { modelOf, transformJob } from "./transform-job.ts";

/** How long SageMaker may not be reached, or throttle, while a job runs that goes on without us. */
const PATIENCE_MS = 10 * 60_000;

type Job = DescribeTransformJobCommandOutput;

export type SessionTools = {
  readonly options: SagemakerOptions;
  readonly service: SagemakerService;
  readonly remote: RemoteFiles;
  readonly context: BackendContext;
  /** USD of one instance for an hour; null where it is unknown. */
  readonly pricePerHour: number | null;
};

/** One transform job over all request files of the run. */
export function createSagemakerSession({
  options,
  service,
  remote,
  context,
  pricePerHour,
}: SessionTools): ScoringSession {
  const { clock, events } = context;
  let name: string | null = null;
  let madeModel: string | null = null;
  let latest: Job | null = null;
  let incident: ScoreframeError | null = null;

  const note = (message: string): void => events({ type: "note", message });

  /** The job of this run: a new one, or the one that an earlier attempt has submitted. */
  async function submit(shards: readonly RequestShard[]): Promise<string> {
    const folder = dirname((shards[0] as RequestShard).requestPath);
    const requests = `${remote.locate(folder)}/`;
    const answers = remote.locate(dirname((shards[0] as RequestShard).responsePath));
    const own = jobName(context.runId, requests);
    const model = modelOf(options, own, context.runId);
    if (model !== null) {
      await service.createModel(model);
      madeModel = own;
    }
    const modelName = "name" in options.model ? options.model.name : own;
    const job = transformJob(options, {
      jobName: own,
      modelName,
      runId: context.runId,
      requests,
      responses: answers,
      contentType: context.protocol.contentType,
      accept: context.protocol.accept,
    });
    const made = await service.createTransformJob(job).catch((thrown: unknown) => {
      // It may have been accepted and the answer lost: then it is ours, and must not run on unseen.
      if (isWithoutAnswer(thrown)) name = own;
      throw thrown;
    });
    if (made === "exists") {
      const found = await service.describeTransformJob(own);
      const input = found.TransformInput?.DataSource?.S3DataSource?.S3Uri;
      if (input !== requests || found.ModelName !== modelName) throw nameIsTaken(own, input);
    }
    name = own;
    const how = made === "exists" ? "was submitted before, and is taken up again" : "was submitted";
    const work = `${counted(shards.length, "file")} for ${options.instanceCount} × ${options.instanceType}`;
    note(`Transform job ${own} ${how} in ${service.region}: ${work}. ${jobLink(service.region, own)}`);
    return own;
  }

  async function* answersOf(
    job: string,
    shards: readonly RequestShard[],
    signal: AbortSignal,
  ): AsyncGenerator<ShardResponse> {
    const waiting = new Map(shards.map((shard) => [basename(shard.responsePath), shard]));
    const folder = dirname((shards[0] as RequestShard).responsePath);
    const guard = createGuard({ options, pricePerHour, clock });
    const begun = clock.now();
    let told: string | null = null;
    for (;;) {
      // Described first: what is missing in a list that was made after the job's end never comes.
      latest = await patiently(() => service.describeTransformJob(job, signal), guard, signal);
      const state = stateOf(latest);
      if (state !== told) note(`Transform job ${job}: ${state}, ${describeAge(clock.now() - begun)}.`);
      told = state;
      const listed = await patiently(() => list(folder, signal), guard, signal);
      for (const file of listed) {
        const shard = waiting.get(file);
        if (shard === undefined) continue;
        await remote.fetch(shard.responsePath, signal);
        waiting.delete(file);
        const rules = { protocol: context.protocol, batchStrategy: options.batchStrategy };
        const cause = await pairAnswerFile(shard, remote.locate(shard.responsePath), rules);
        yield cause === null ? answered(shard) : await failed(shard, cause);
      }
      const status = latest.TransformJobStatus ?? "InProgress";
      if (status !== "InProgress" && status !== "Stopping") {
        yield* afterEnd(latest, shards, [...waiting.values()]);
        return;
      }
      guard.check(latest);
      // A little more or less each time, so that many runs do not ask at once.
      await clock.sleep(options.pollIntervalMs * (0.8 + 0.4 * Math.random()), signal);
    }
  }

  async function list(folder: string, signal: AbortSignal): Promise<string[]> {
    const names: string[] = [];
    for await (const { name: file } of remote.list(folder, signal)) names.push(file);
    return names;
  }

  /** Asks again while the service is out of reach or throttles: the job runs on without us. */
  async function patiently<T>(ask: () => Promise<T>, guard: Guard, signal: AbortSignal): Promise<T> {
    const begun = clock.now();
    for (;;) {
      try {
        return await ask();
      } catch (thrown) {
        signal.throwIfAborted();
        const retryable = ScoreframeError.is(thrown) && thrown.facts.retryable === true;
        if (!retryable || clock.now() - begun > PATIENCE_MS) throw thrown;
        events({ type: "warning", message: `${messageOf(thrown)} The transform job goes on; asking again.` });
        if (latest !== null) guard.check(latest);
        await clock.sleep(options.pollIntervalMs, signal);
      }
    }
  }

  async function* afterEnd(
    job: Job,
    shards: readonly RequestShard[],
    missing: readonly RequestShard[],
  ): AsyncGenerator<ShardResponse> {
    const ended: EndedJob = {
      name: job.TransformJobName ?? "",
      region: service.region,
      status: job.TransformJobStatus ?? "",
      reason: job.FailureReason,
    };
    if (job.TransformJobStatus === "Stopped") throw stoppedBySomebody(ended);
    if (missing.length === 0) return;
    if (missing.length === shards.length) throw jobFailed(ended, missing);
    // The other files' answers are good: whether the run may do without these rows is the job file's to say.
    incident = partlyFailed(
      jobFailed(ended, missing),
      shards.length - missing.length,
      remote.locate(dirname((missing[0] as RequestShard).responsePath)),
    );
    events({ type: "warning", message: incident.message });
    const cause = { ...missingAnswer(ended, missing), message: incident.message };
    for (const shard of missing) yield await failed(shard, cause);
  }

  /** Stops a job that still runs. Resolves to its name where it could not: the run's own error is the news, not one of this. */
  async function stop(): Promise<string | null> {
    const running = latest !== null && isOver(latest) ? null : name;
    name = null;
    if (running === null) return null;
    try {
      await service.stopTransformJob(running);
      return null;
    } catch (thrown) {
      const message = `The transform job ${running} may still run and cost money. ${messageOf(thrown)}`;
      events({ type: "warning", message });
      return running;
    }
  }

  return {
    async *score(shards, signal) {
      // A listener for every shard that waits to be stored.
      setMaxListeners(0, signal);
      const given: RequestShard[] = [];
      for await (const shard of shards) given.push(shard);
      signal.throwIfAborted();
      if (given.length === 0) return;
      await Promise.all(given.map(({ requestPath }) => remote.stored(requestPath)));
      signal.throwIfAborted();
      try {
        yield* answersOf(await submit(given), given, signal);
      } catch (thrown) {
        throw leftRunning(thrown, await stop(), service.region);
      } finally {
        await stop();
      }
    },
    async close() {
      if (madeModel !== null) {
        await service.deleteModel(madeModel).catch((thrown: unknown) => {
          events({
            type: "warning",
            message: `The model ${madeModel} was made for this run and is still there. ${messageOf(thrown)}`,
          });
        });
      }
      service.close();
    },
    incident: () => incident,
    cost: () => (latest === null ? null : costOf(latest, pricePerHour, clock.now())),
  };
}

function answered({ shard, responsePath }: RequestShard): ShardResponse {
  return { shard, responsePath, retries: 0 };
}

/** A file without answers that could be used: each of its lines has the same cause. */
async function failed(shard: RequestShard, cause: RowCause): Promise<ShardResponse> {
  await writeFile(shard.responsePath, `${errorObjectText(cause)}\n`.repeat(shard.lines));
  return answered(shard);
}

function partlyFailed(failure: ScoreframeError, others: number, kept: string): ScoreframeError {
  const message = `${failure.message} The answers to the ${counted(others, "other file")} are kept in ${kept}/.`;
  return new ScoreframeError(failure.code, message, failure.facts);
}

function isOver({ TransformJobStatus: status }: Job): boolean {
  return status === "Completed" || status === "Failed" || status === "Stopped" || status === "Stopping";
}

/** What a person would say of it: the service has no word for a job whose instances are being started. */
function stateOf({ TransformJobStatus: status = "InProgress", TransformStartTime: start }: Job): string {
  return status === "InProgress" && start === undefined ? "starting its instances" : status;
}

function describeAge(milliseconds: number): string {
  return `after ${Math.round(milliseconds / 1000)} s`;
}

function isWithoutAnswer(thrown: unknown): boolean {
  if (!ScoreframeError.is(thrown)) return false;
  return thrown.code === "AWS_UNREACHABLE" || (thrown.code === "AWS_FAILED" && thrown.facts.retryable === true);
}

function nameIsTaken(name: string, input: string | undefined): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_REFUSED",
    `There is a transform job ${name} already, and it is not this run's: it reads ${input ?? "something else"}. Names of jobs are taken for ever: run again, with another run id.`,
    { backend: "sagemaker", operation: "score", details: { job: name } },
  );
}

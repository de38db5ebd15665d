import { basename, dirname } from "node:path";
import type { ShardResponse } from "../../../core/domain/shard-response.ts";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import { counted } from "../../../core/util/counted.ts";
import { failFile, takeAnswers } from "../answers/take-answers.ts";
import { askPatiently } from "../service/patience.ts";
import { createGuard } from "../service/run-limits.ts";
import type { DescribedJob, SessionState, SessionTools } from "../session-state.ts";
import type { EndedJob } from "./job-failure.ts";
import { jobFailed, missingAnswer, stoppedBySomebody } from "./job-failure.ts";

/** Yields each file as soon as it is answered, until the job is over; then those that have no answer, as failed ones. */
export async function* watchJob(
  job: string,
  tools: SessionTools,
  state: SessionState,
  shards: readonly RequestShard[],
  signal: AbortSignal,
): AsyncGenerator<ShardResponse> {
  const { options, service, remote, context, pricePerHour } = tools;
  const { clock, events } = context;
  const waiting = new Map(shards.map((shard) => [basename(shard.responsePath), shard]));
  const folder = dirname((shards[0] as RequestShard).responsePath);
  const guard = createGuard({ options, pricePerHour, clock });
  const check = (): void => (state.latest === null ? undefined : guard.check(state.latest));
  const patiently = <T>(ask: () => Promise<T>): Promise<T> => askPatiently(ask, check, tools, signal);
  const begun = clock.now();
  let reported: string | null = null;
  for (;;) {
    // Described first: if the job had ended, files that are missing from the later list never arrive.
    const latest = await patiently(() => service.describeTransformJob(job, signal));
    state.latest = latest;
    const status = wordFor(latest);
    if (status !== reported)
      events({ type: "note", message: `Transform job ${job}: ${status}, ${age(clock.now() - begun)}.` });
    reported = status;
    const listed = await patiently(() => namesIn(remote.list(folder, signal)));
    const found = listed.flatMap((name) => waiting.get(name) ?? []);
    for (const { responsePath } of found) waiting.delete(basename(responsePath));
    yield* takeAnswers(found, tools, signal);
    if (!isRunning(latest)) {
      yield* afterEnd(latest, tools, state, shards, [...waiting.values()]);
      return;
    }
    guard.check(latest);
    // Varied a little each time, so that many runs do not ask at once.
    await clock.sleep(options.pollIntervalMs * (0.8 + 0.4 * Math.random()), signal);
  }
}

async function namesIn(files: AsyncIterable<{ readonly name: string }>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of files) names.push(name);
  return names;
}

async function* afterEnd(
  job: DescribedJob,
  { service, remote, context }: SessionTools,
  state: SessionState,
  shards: readonly RequestShard[],
  missing: readonly RequestShard[],
): AsyncGenerator<ShardResponse> {
  const ended: EndedJob = {
    name: job.TransformJobName ?? "",
    place: service,
    status: job.TransformJobStatus ?? "",
    reason: job.FailureReason,
  };
  if (job.TransformJobStatus === "Stopped") throw stoppedBySomebody(ended);
  if (missing.length === 0) return;
  if (missing.length === shards.length) throw jobFailed(ended, missing);
  // The other files' answers are good. The job file decides whether the run may lose these rows.
  const kept = remote.locate(dirname((missing[0] as RequestShard).responsePath));
  const incident = partlyFailed(jobFailed(ended, missing), shards.length - missing.length, kept);
  state.incident = incident;
  context.events({ type: "warning", message: incident.message });
  const cause = { ...missingAnswer(ended, missing), message: incident.message };
  for (const shard of missing) yield await failFile(shard, cause);
}

function partlyFailed(failure: ScoreframeError, others: number, kept: string): ScoreframeError {
  const message = `${failure.message} The answers to the ${counted(others, "other file")} are kept in ${kept}/.`;
  return new ScoreframeError(failure.code, message, failure.facts);
}

function isRunning({ TransformJobStatus: status = "InProgress" }: DescribedJob): boolean {
  return status === "InProgress" || status === "Stopping";
}

/** The job's state as messages show it: the service has no state for a job whose instances are starting. */
function wordFor({ TransformJobStatus: status = "InProgress", TransformStartTime: start }: DescribedJob): string {
  return status === "InProgress" && start === undefined ? "starting its instances" : status;
}

function age(milliseconds: number): string {
  return `after ${Math.round(milliseconds / 1000)} s`;
}

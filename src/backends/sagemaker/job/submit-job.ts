import { dirname } from "node:path";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import { counted } from "../../../core/util/counted.ts";
import { instancesFor } from "../cost/instances-for.ts";
import type { SessionState, SessionTools } from "../session-state.ts";
import { jobName } from "./job-name.ts";
import { jobPlace } from "./job-place.ts";
import { modelOf, transformJob } from "./transform-job.ts";

/**
 * Submits the job over these files, unless an earlier attempt of the same run has submitted it. Resolves to its name. Throws `BACKEND_REFUSED` if another job has
 * the name.
 */
export async function submitJob(
  { options, model, service, remote, context }: SessionTools,
  state: SessionState,
  shards: readonly RequestShard[],
): Promise<string> {
  const first = shards[0] as RequestShard;
  const requests = `${remote.locate(dirname(first.requestPath))}/`;
  const name = jobName(context.runId, requests);
  if ("made" in model) {
    await service.createModel(modelOf(options, model.made, name, context.runId));
    state.model = name;
  }
  const modelName = "made" in model ? name : model.name;
  const instances = instancesFor(options, shards.length);
  const job = transformJob(options, {
    jobName: name,
    modelName,
    runId: context.runId,
    requests,
    responses: remote.locate(dirname(first.responsePath)),
    contentType: options.contentType ?? context.protocol.contentType,
    accept: options.accept ?? context.protocol.accept,
    instances,
  });
  const made = await service.createTransformJob(job).catch((thrown: unknown) => {
    // SageMaker may have accepted the job although its response was lost. Then the job is ours and must be watched.
    if (isWithoutAnswer(thrown)) state.job = name;
    throw thrown;
  });
  if (made === "exists") {
    const found = await service.describeTransformJob(name);
    const input = found.TransformInput?.DataSource?.S3DataSource?.S3Uri;
    if (input !== requests || found.ModelName !== modelName) throw nameIsTaken(name, input);
  }
  state.job = name;
  const how = made === "exists" ? "was submitted before and is continued" : "was submitted";
  const work = `${counted(shards.length, "file")} for ${instances} × ${options.instanceType}`;
  const message = `Transform job ${name} ${how} in ${service.region}: ${work}. ${jobPlace(service, name)}`;
  context.events({ type: "note", message });
  return name;
}

function isWithoutAnswer(thrown: unknown): boolean {
  if (!ScoreframeError.is(thrown)) return false;
  return thrown.code === "AWS_UNREACHABLE" || (thrown.code === "AWS_FAILED" && thrown.facts.retryable === true);
}

function nameIsTaken(name: string, input: string | undefined): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_REFUSED",
    `There is a transform job ${name} already, and it is not this run's: it reads ${input ?? "something else"}. A job's name can never be used again: run again, with another run id.`,
    { backend: "sagemaker", operation: "score", details: { job: name } },
  );
}

import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { BackendContext, BackendPlugin, ScoringSession } from "../../core/ports/scoring-backend.ts";
import { defineBackend } from "../../core/ports/scoring-backend.ts";
import type { Protocol } from "../../core/protocols/protocol.ts";
import { optionsJsonSchema } from "../shared/options/options-json-schema.ts";
import { estimateJob } from "./estimate.ts";
import { filterComplaint } from "./filter-rule.ts";
import type { InstancePrice } from "./instance-price.ts";
import { askInstancePrice } from "./instance-price.ts";
import { refuseMisspeltInstance } from "./instance-type.ts";
import { lineBytes, sagemakerCapabilities } from "./sagemaker-capabilities.ts";
import type { SagemakerOptions } from "./sagemaker-options.ts";
import { parseSagemakerOptions } from "./sagemaker-options.ts";
import { sagemakerOptionsSchema } from "./sagemaker-options-schema.ts";
import type { SagemakerService } from "./sagemaker-service.ts";
import { openSagemakerService } from "./sagemaker-service.ts";
import { createSagemakerSession } from "./sagemaker-session.ts";

/** SageMaker Batch Transform: one transform job over the request files of a run, whose workspace is on S3. */
export const sagemakerBackend: BackendPlugin<SagemakerOptions> = defineBackend<SagemakerOptions>({
  specificationVersion: "v1",
  id: "sagemaker",
  capabilities: sagemakerCapabilities,
  parseOptions: parseSagemakerOptions,
  optionsSchema: () => optionsJsonSchema(sagemakerOptionsSchema),
  create: (options) => ({
    id: "sagemaker",
    capabilities: { ...sagemakerCapabilities, maxRequestBytes: lineBytes(options.maxPayloadMb) },
    open: (context) => openSession(options, context),
    async inspect(signal, { protocol, hasRemoteWorkspace, warn }) {
      if (!hasRemoteWorkspace) throw workspaceOnThisMachine();
      refuseUnfitProtocol(options, protocol, warn);
      const service = await openSagemakerService(options);
      try {
        refuseMisspeltInstance(options.instanceType, service.instanceTypes, warn);
        const description = await describeModel(options, service, signal);
        await neededPrice(options, service.region, signal);
        return description;
      } finally {
        service.close();
      }
    },
    async estimate(work, signal) {
      const service = await openSagemakerService(options);
      try {
        return estimateJob(options, work, await priceOf(options, service.region, signal));
      } finally {
        service.close();
      }
    },
  }),
});

async function openSession(options: SagemakerOptions, context: BackendContext): Promise<ScoringSession> {
  const { remote, signal } = context;
  if (remote === undefined) throw workspaceOnThisMachine();
  const warn = (message: string): void => context.events({ type: "warning", message });
  refuseUnfitProtocol(options, context.protocol, warn);
  const service = await openSagemakerService(options);
  try {
    refuseMisspeltInstance(options.instanceType, service.instanceTypes, warn);
    await describeModel(options, service, signal);
    const pricePerHour = await neededPrice(options, service.region, signal);
    return createSagemakerSession({ options, service, remote, context, pricePerHour });
  } catch (thrown) {
    service.close();
    throw thrown;
  }
}

function workspaceOnThisMachine(): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    "SageMaker reads its requests from S3, and this run's workspace is a folder of this machine. Give one on S3: --workspace s3://bucket/prefix " +
      "(or SCOREFRAME_WORKSPACE, or createScoreframe({ workspace })).",
    { backend: "sagemaker", operation: "open" },
  );
}

/** What depends on the protocol, of which the options know nothing. */
function refuseUnfitProtocol(options: SagemakerOptions, protocol: Protocol, warn: (message: string) => void): void {
  const { batchStrategy, inputFilter, outputFilter } = options;
  for (const [option, filter] of [
    ["backend.input_filter", inputFilter],
    ["backend.output_filter", outputFilter],
  ] as const) {
    const complaint = filterComplaint(filter, protocol.contentType);
    if (complaint === null) continue;
    throw new ScoreframeError("BACKEND_OPTIONS_INVALID", `${option} ${complaint}`, { backend: "sagemaker", option });
  }
  if (batchStrategy === "MultiRecord" && protocol.lineHolds === "batch") {
    warn(
      `backend.batch_strategy: multi_record sends several lines of the protocol "${protocol.id}" at once, which are several JSON documents in one request. ` +
        "Few containers read that: json_lines and csv are made for it, and requests.batch_size puts more rows on a line.",
    );
  }
}

async function describeModel(
  options: SagemakerOptions,
  service: SagemakerService,
  signal: AbortSignal,
): Promise<string> {
  const { model, instanceCount, instanceType } = options;
  const on = `${instanceCount} × ${instanceType} in ${service.region}`;
  if (!("name" in model)) return `image ${model.image}, to be run on ${on}; nothing was sent`;
  try {
    const { PrimaryContainer, Containers } = await service.describeModel(model.name, signal);
    const image = PrimaryContainer?.Image ?? Containers?.[0]?.Image ?? "unknown image";
    return `model ${model.name} (${image}), to be run on ${on}; nothing was sent: a transform job takes minutes and costs money`;
  } catch (thrown) {
    if (!ScoreframeError.is(thrown) || !/could not find model/i.test(thrown.message)) throw thrown;
    throw new ScoreframeError(
      "BACKEND_OPTIONS_INVALID",
      `There is no SageMaker model "${model.name}" in ${service.region}. Correct backend.model_name or the region, or have one made with \`image\`.`,
      { backend: "sagemaker", option: "backend.model_name", cause: thrown },
    );
  }
}

/** A budget cannot be kept without a price; without a budget, an unknown one only leaves the cost unknown. */
async function neededPrice(options: SagemakerOptions, region: string, signal: AbortSignal): Promise<number | null> {
  const price = await priceOf(options, region, signal);
  if (price.usd === null && options.maxCostUsd !== null) {
    throw new ScoreframeError(
      "BACKEND_OPTIONS_INVALID",
      `backend.max_cost_usd needs the price of ${options.instanceType}, which is ${price.source}.`,
      { backend: "sagemaker", option: "backend.price_per_hour" },
    );
  }
  return price.usd;
}

async function priceOf(options: SagemakerOptions, region: string, signal: AbortSignal): Promise<InstancePrice> {
  if (options.pricePerHour !== null) return { usd: options.pricePerHour, source: "price_per_hour" };
  return askInstancePrice(region, options.instanceType, signal);
}

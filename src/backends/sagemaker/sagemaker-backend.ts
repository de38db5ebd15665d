import { endpointOfService } from "../../aws/service-client.ts";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { BackendContext, BackendPlugin, ScoringSession } from "../../core/ports/scoring-backend.ts";
import { defineBackend } from "../../core/ports/scoring-backend.ts";
import type { Protocol } from "../../core/protocols/protocol.ts";
import { optionsJsonSchema } from "../shared/options/options-json-schema.ts";
import { estimateJob } from "./cost/estimate.ts";
import type { InstancePrice } from "./cost/instance-price.ts";
import { askInstancePrice } from "./cost/instance-price.ts";
import { assertInstanceType } from "./cost/instance-type.ts";
import { filterComplaint } from "./job/filter-rule.ts";
import { lineBytes, sagemakerCapabilities } from "./sagemaker-capabilities.ts";
import type { SagemakerOptions } from "./sagemaker-options.ts";
import { parseSagemakerOptions } from "./sagemaker-options.ts";
import { sagemakerOptionsSchema } from "./sagemaker-options-schema.ts";
import { createSagemakerSession } from "./sagemaker-session.ts";
import { findModel } from "./service/find-model.ts";
import type { SagemakerService } from "./service/sagemaker-service.ts";
import { openSagemakerService } from "./service/sagemaker-service.ts";

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
      assertProtocolFits(options, protocol, warn);
      const service = await openSagemakerService(options);
      try {
        assertInstanceType(options.instanceType, service.instanceTypes, warn);
        const { description } = await findModel(options.model, service, signal, warn);
        await neededPrice(options, service, signal);
        return `${description}, to be run on ${instancesText(options)} in ${service.region}; nothing was sent: a transform job takes minutes and costs money`;
      } finally {
        service.close();
      }
    },
    async estimate(work, signal) {
      const service = await openSagemakerService(options);
      try {
        return estimateJob(options, work, await priceOf(options, service, signal));
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
  assertProtocolFits(options, context.protocol, warn);
  const service = await openSagemakerService(options);
  try {
    assertInstanceType(options.instanceType, service.instanceTypes, warn);
    const model = await findModel(options.model, service, signal, warn);
    const pricePerHour = await neededPrice(options, service, signal);
    return createSagemakerSession({ options, model, service, remote, context, pricePerHour });
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

/** Checks that need the protocol, which is not part of the options. */
function assertProtocolFits(options: SagemakerOptions, protocol: Protocol, warn: (message: string) => void): void {
  const { batchStrategy, inputFilter, outputFilter } = options;
  for (const [option, filter] of [
    ["backend.input_filter", inputFilter],
    ["backend.output_filter", outputFilter],
  ] as const) {
    const complaint = filterComplaint(filter, options.contentType ?? protocol.contentType);
    if (complaint === null) continue;
    throw new ScoreframeError("BACKEND_OPTIONS_INVALID", `${option} ${complaint}`, { backend: "sagemaker", option });
  }
  if (batchStrategy === "MultiRecord" && protocol.linesInRequest === "one") {
    warn(
      `backend.batch_strategy: multi_record sends several lines of the protocol "${protocol.id}" at once, which are several JSON documents in one request. ` +
        "Few containers read that: json_lines and csv are made for it, and requests.batch_size puts more rows on a line.",
    );
  }
}

function instancesText({ instanceCount, instanceCountIsMost, instanceType }: SagemakerOptions): string {
  return `${instanceCountIsMost && instanceCount > 1 ? "up to " : ""}${instanceCount} × ${instanceType}`;
}

/** A budget needs a price. Without a budget the price may be unknown, and then the cost is, too. */
async function neededPrice(
  options: SagemakerOptions,
  service: SagemakerService,
  signal: AbortSignal,
): Promise<number | null> {
  const price = await priceOf(options, service, signal);
  if (price.usd === null && options.maxCostUsd !== null) {
    throw new ScoreframeError(
      "BACKEND_OPTIONS_INVALID",
      `backend.max_cost_usd needs the price of ${options.instanceType}, which is ${price.source}.`,
      { backend: "sagemaker", option: "backend.price_per_hour" },
    );
  }
  return price.usd;
}

/** A server other than AWS bills nothing, so AWS is not asked for a price. */
async function priceOf(
  options: SagemakerOptions,
  { region, endpoint }: SagemakerService,
  signal: AbortSignal,
): Promise<InstancePrice> {
  if (options.pricePerHour !== null) return { usd: options.pricePerHour, source: "price_per_hour" };
  if (endpoint !== null && endpointOfService("PRICING") === null) {
    return { usd: null, source: `unknown, set price_per_hour: SageMaker is ${endpoint} here, which is not AWS` };
  }
  return askInstancePrice(region, options.instanceType, signal);
}

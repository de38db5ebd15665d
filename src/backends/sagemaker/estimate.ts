import type { PlanEstimate, PlannedWork } from "../../core/ports/scoring-backend.ts";
import type { InstancePrice } from "./instance-price.ts";
import { MOST_MB_IN_FLIGHT } from "./sagemaker-capabilities.ts";
import type { SagemakerOptions } from "./sagemaker-options.ts";

/** Until an instance of a job has its image and is healthy; billed or not, it is what short jobs consist of. */
const START_MINUTES = { least: 2, most: 10 } as const;
/** Seconds of one invocation: a small model on a good day, and a large one. */
const INVOCATION_SECONDS = { least: 0.005, most: 0.5 } as const;

/** What the numbers of a plan say about a transform job: files, and not bytes, are what its instances share. */
export function estimateJob(options: SagemakerOptions, work: PlannedWork, price: InstancePrice): PlanEstimate {
  return { advice: adviceFor(options, work), cost: costRange(options, work, price) };
}

function adviceFor(options: SagemakerOptions, { requests, rows, bytes, shards, fileBytes }: PlannedWork): string[] {
  const { instanceCount, batchStrategy, maxConcurrentTransforms, maxPayloadMb } = options;
  const advice: string[] = [];
  if (shards < instanceCount) {
    const fitting = Math.max(1, Math.floor(bytes / instanceCount / 1e5) / 10);
    advice.push(
      `${shards} ${shards === 1 ? "file keeps" : "files keep"} ${shards} of ${instanceCount} instances busy: SageMaker gives each file to one instance. ` +
        `requests.file_size_mb: ${fitting} would make a file for each; or set instance_count: ${shards}.`,
    );
  } else if (instanceCount > 1 && shards % instanceCount !== 0 && shards < 4 * instanceCount) {
    advice.push(
      `${shards} files over ${instanceCount} instances leave some idle at the end. A smaller requests.file_size_mb (now ${fileBytes / 1e6}) shares them better.`,
    );
  }
  if (batchStrategy === "SingleRecord" && requests > 10_000 && requests === rows) {
    advice.push(
      `Each of ${rows} rows is an invocation of its own. batch_strategy: multi_record sends as many lines as fit in ${maxPayloadMb} MB, where the ` +
        "container takes several lines and answers each; or raise requests.batch_size with a protocol that has many rows on a line.",
    );
  }
  const most = Math.floor(MOST_MB_IN_FLIGHT / maxPayloadMb);
  if (maxConcurrentTransforms === 1 && requests > 100) {
    advice.push(
      `max_concurrent_transforms is 1: one request at a time on each instance. Set it to the number of workers of the container (0 takes the container's own ` +
        `advice); with max_payload_mb: ${maxPayloadMb} up to ${most} fit.`,
    );
  }
  return advice;
}

function costRange(
  options: SagemakerOptions,
  { requests, shards }: PlannedWork,
  price: InstancePrice,
): PlanEstimate["cost"] {
  const busy = Math.max(1, Math.min(options.instanceCount, shards));
  const inFlight = busy * Math.max(1, options.maxConcurrentTransforms);
  const hours = (start: number, invocation: number): number => (start * 60 + (requests * invocation) / inFlight) / 3600;
  const [least, most] = [
    hours(START_MINUTES.least, INVOCATION_SECONDS.least),
    hours(START_MINUTES.most, INVOCATION_SECONDS.most),
  ];
  const basis =
    `${options.instanceCount} × ${options.instanceType}, ${round(least)} to ${round(most)} hours: ${START_MINUTES.least} to ${START_MINUTES.most} minutes to start and ` +
    `${INVOCATION_SECONDS.least} to ${INVOCATION_SECONDS.most} seconds for each of ${requests} requests, ${inFlight} at a time`;
  if (price.usd === null) return { note: `Price ${price.source}. ${basis}.`, min_usd: null, max_usd: null };
  const usd = (time: number): number => round((price.usd as number) * options.instanceCount * time);
  return {
    note: `${price.usd} USD an hour (${price.source}). ${basis}.`,
    min_usd: usd(least),
    max_usd: usd(most),
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

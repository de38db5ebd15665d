import type { PlanCost, PlanEstimate, PlannedWork } from "../../../core/ports/scoring-backend.ts";
import { counted } from "../../../core/util/counted.ts";
import { MOST_MB_IN_FLIGHT } from "../sagemaker-capabilities.ts";
import type { SagemakerOptions } from "../sagemaker-options.ts";
import type { InstancePrice } from "./instance-price.ts";
import { instancesFor } from "./instances-for.ts";

/** Until an instance of a job has its image and is healthy. Short jobs consist mostly of this time, billed or not. */
const START_MINUTES = { least: 2, most: 10 } as const;
/** Seconds of one invocation, or of a megabyte of a large one: a small model on a good day, and a large one. */
const INVOCATION_SECONDS = { least: 0.005, most: 0.5 } as const;
const BYTES_PER_MB = 1_000_000;
/** From this number on, how invocations are sent matters more than the start of the instances. */
const MANY_INVOCATIONS = 10_000;
const SOME_INVOCATIONS = 100;

/** Estimates a transform job from the numbers of a plan. Its instances share files, not bytes. */
export function estimateJob(given: SagemakerOptions, work: PlannedWork, price: InstancePrice): PlanEstimate {
  const options = { ...given, instanceCount: instancesFor(given, work.shards) };
  if (work.requests === 0) {
    return {
      advice: [],
      cost: { note: "There is nothing to send: no job would be submitted.", min_usd: 0, max_usd: 0 },
    };
  }
  const cost = costRange(options, work, price);
  return { advice: [...budgetAdvice(options, cost, price), ...adviceFor(options, work)], cost };
}

/** What a run would report only at its start, or once the money is spent. */
function budgetAdvice(
  { maxCostUsd, instanceType }: SagemakerOptions,
  { min_usd: least, max_usd: most }: PlanCost,
  price: InstancePrice,
): string[] {
  if (maxCostUsd === null) return [];
  if (least === null || most === null) {
    return [
      `backend.max_cost_usd needs the price of ${instanceType}, which is ${price.source}. A run would be rejected.`,
    ];
  }
  if (maxCostUsd >= most) return [];
  const budget = `max_cost_usd: ${maxCostUsd} is below the estimate of ${least === most ? most : `${least} to ${most}`} USD`;
  const job = maxCostUsd < least ? "would be stopped" : "may be stopped";
  return [
    `${budget}: the job ${job} before its end, with no table and the money spent. Raise it, or score fewer rows.`,
  ];
}

function adviceFor(options: SagemakerOptions, work: PlannedWork): string[] {
  const { instanceCount, batchStrategy, maxConcurrentTransforms, maxPayloadMb } = options;
  const { requests, rows, shards, fileBytes } = work;
  const invocations = invocationsOf(options, work);
  const advice: string[] = [];
  if (shards < instanceCount) {
    advice.push(
      `${counted(shards, "file")} ${shards === 1 ? "keeps" : "keep"} ${shards} of ${instanceCount} instances busy: SageMaker gives each file to one instance. ${moreFiles(work, instanceCount)}`,
    );
  } else if (instanceCount > 1 && shards % instanceCount !== 0 && shards < 4 * instanceCount) {
    advice.push(
      `${shards} files over ${instanceCount} instances leave some idle at the end. A smaller requests.file_size_mb (now ${fileBytes / BYTES_PER_MB}) shares them better.`,
    );
  }
  if (batchStrategy === "SingleRecord" && requests > MANY_INVOCATIONS && requests === rows) {
    advice.push(
      `Each of ${amount(rows)} rows is an invocation of its own. batch_strategy: multi_record sends as many lines as fit in ${maxPayloadMb} MB, if the ` +
        "container takes several lines and answers each; or raise requests.batch_size with a protocol that has many rows on a line.",
    );
  }
  const most = Math.floor(MOST_MB_IN_FLIGHT / maxPayloadMb);
  if (maxConcurrentTransforms === 1 && most > 1 && invocations > SOME_INVOCATIONS) {
    advice.push(
      `max_concurrent_transforms is 1: one request at a time on each instance. Set it to the number of workers of the container (0 takes the container's own ` +
        `advice); with max_payload_mb: ${maxPayloadMb} up to ${most} fit.`,
    );
  }
  return advice;
}

/** What makes a file for each instance; a line is never split. */
function moreFiles({ requests, bytes, shards }: PlannedWork, instanceCount: number): string {
  const fewer = `set instance_count: ${shards}`;
  if (requests < instanceCount) {
    return `There ${requests === 1 ? "is" : "are"} no more than ${counted(requests, "request line")}: ${fewer}.`;
  }
  const lineMb = bytes / requests / BYTES_PER_MB;
  const wanted = lineMb * Math.floor(requests / instanceCount);
  const less = twoDigits(wanted, Math.floor);
  const megabytes = less < lineMb ? twoDigits(wanted, Math.ceil) : less;
  return `requests.file_size_mb: ${megabytes} would make a file for each; or ${fewer}.`;
}

/** Requests to the container: one line each, or as many lines of a file as fit. */
function invocationsOf(
  { batchStrategy, maxPayloadMb }: SagemakerOptions,
  { requests, bytes, shards }: PlannedWork,
): number {
  if (batchStrategy === "SingleRecord") return requests;
  return Math.min(requests, shards * Math.ceil(bytes / shards / (maxPayloadMb * BYTES_PER_MB)));
}

function costRange(options: SagemakerOptions, work: PlannedWork, price: InstancePrice): PlanEstimate["cost"] {
  const busy = Math.max(1, Math.min(options.instanceCount, work.shards));
  const inFlight = busy * Math.max(1, options.maxConcurrentTransforms);
  const invocations = invocationsOf(options, work);
  const units = Math.max(invocations, Math.ceil(work.bytes / BYTES_PER_MB));
  const hours = (start: number, seconds: number): number =>
    (start * 60 + (units * seconds) / Math.min(inFlight, invocations)) / 3600;
  const [least, most] = [
    hours(START_MINUTES.least, INVOCATION_SECONDS.least),
    hours(START_MINUTES.most, INVOCATION_SECONDS.most),
  ];
  const each = units === invocations ? "invocation" : "MB";
  const basis =
    `${options.instanceCount} × ${options.instanceType}, ${round(least)} to ${round(most)} hours: ${START_MINUTES.least} to ${START_MINUTES.most} minutes to start and ` +
    `${INVOCATION_SECONDS.least} to ${INVOCATION_SECONDS.most} seconds for each ${each} of ${amount(units)}, ${Math.min(inFlight, invocations)} at a time`;
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

function twoDigits(value: number, towards: (value: number) => number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Number((towards(value / unit) * unit).toPrecision(2));
}

function amount(count: number): string {
  return count.toLocaleString("en-US");
}

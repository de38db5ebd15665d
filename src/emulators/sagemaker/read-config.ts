import { dirname, resolve } from "node:path";
import { TransformInstanceType } from "@aws-sdk/client-sagemaker";
import { z } from "zod";
import { parseConfig, readConfig } from "../host/read-config.ts";
import type { SagemakerEmulatorOptions } from "./sagemaker-options.ts";

const SECONDS = z.number().min(0).max(86_400);
/** Of one type, in a region. */
const INSTANCES = z.partialRecord(z.enum(TransformInstanceType), z.int().min(0));

export const SAGEMAKER_CONFIG = z.strictObject({
  images: z.record(z.string().min(1), z.record(z.string(), z.unknown())).optional(),
  account: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits, in quotes")
    .optional(),
  latency: z.strictObject({ start: SECONDS, object: SECONDS, stop: SECONDS }).partial().optional(),
  ping_timeout: SECONDS.optional(),
  record_newline: z.enum(["keep", "strip"]).optional(),
  retried_statuses: z.array(z.int().min(300).max(599)).optional(),
  retry_delay: SECONDS.optional(),
  bytes_per_mb: z.int().min(1).optional(),
  stopped_output: z.enum(["remove", "keep"]).optional(),
  response_limit: z.int().min(1).nullable().optional(),
  quotas: INSTANCES.optional(),
  capacity: INSTANCES.optional(),
  throttle: z.record(z.string(), z.number().min(0)).optional(),
});

type SagemakerConfig = z.output<typeof SAGEMAKER_CONFIG>;

/** Reads a configuration file of the emulator, YAML or JSON. Relative paths in it start at its folder. Throws `EMULATOR_OPTIONS_INVALID`. */
export async function readSagemakerConfig(path: string): Promise<SagemakerEmulatorOptions> {
  return { ...optionsOf(await readConfig(path, SAGEMAKER_CONFIG)), baseDirectory: dirname(resolve(path)) };
}

/** The same for a text. */
export function parseSagemakerConfig(text: string, name: string): SagemakerEmulatorOptions {
  return optionsOf(parseConfig(text, name, SAGEMAKER_CONFIG));
}

function optionsOf({ images, account, latency, ...rest }: SagemakerConfig): SagemakerEmulatorOptions {
  const settings = {
    pingTimeout: rest.ping_timeout,
    recordNewline: rest.record_newline,
    retriedStatuses: rest.retried_statuses,
    retryDelay: rest.retry_delay,
    bytesPerMb: rest.bytes_per_mb,
    stoppedOutput: rest.stopped_output,
    responseLimit: rest.response_limit,
    quotas: rest.quotas,
    capacity: rest.capacity,
    throttle: rest.throttle,
    latency,
  };
  return defined({ images, account, settings: defined(settings) }) as SagemakerEmulatorOptions;
}

function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

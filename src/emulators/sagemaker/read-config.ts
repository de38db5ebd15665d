import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { SagemakerEmulatorOptions } from "./create-sagemaker-emulator.ts";

const SECONDS = z.number().min(0).max(86_400);

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
});

/** Reads a configuration file of the emulator, YAML or JSON. Relative paths in it start at its folder. Throws `EMULATOR_OPTIONS_INVALID`. */
export async function readSagemakerConfig(path: string): Promise<SagemakerEmulatorOptions> {
  const text = await readFile(path, "utf8").catch((thrown: unknown) => {
    throw invalid(path, `it cannot be read: ${messageOf(thrown)}.`, thrown);
  });
  return { ...parseSagemakerConfig(text, path), baseDirectory: dirname(resolve(path)) };
}

export function parseSagemakerConfig(text: string, name: string): SagemakerEmulatorOptions {
  const result = SAGEMAKER_CONFIG.safeParse(parseYaml(text, name) ?? {});
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
    throw invalid(name, `${problems.join("; ")}. The keys are ${Object.keys(SAGEMAKER_CONFIG.shape).join(", ")}.`);
  }
  const { images, account, latency, ...rest } = result.data;
  const settings = {
    pingTimeout: rest.ping_timeout,
    recordNewline: rest.record_newline,
    retriedStatuses: rest.retried_statuses,
    retryDelay: rest.retry_delay,
    bytesPerMb: rest.bytes_per_mb,
    stoppedOutput: rest.stopped_output,
    latency,
  };
  return defined({ images, account, settings: defined(settings) }) as SagemakerEmulatorOptions;
}

function parseYaml(text: string, name: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    throw invalid(name, messageOf(thrown).split("\n")[0] ?? "", thrown);
  }
}

function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function invalid(name: string, reason: string, cause?: unknown): ScoreframeError {
  const facts = { operation: "read the emulator's configuration", ...(cause === undefined ? {} : { cause }) };
  return new ScoreframeError(
    "EMULATOR_OPTIONS_INVALID",
    `The emulator's configuration ${name} is not valid: ${reason}`,
    facts,
  );
}

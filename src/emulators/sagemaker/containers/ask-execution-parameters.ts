import { JobFailure } from "../transform/job-failure.ts";
import type { RunningContainer } from "./running-container.ts";

/** The settings that a container prefers; those of the job override them. */
export type ExecutionParameters = {
  readonly MaxConcurrentTransforms?: number;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: "SingleRecord" | "MultiRecord";
};

const TIMEOUT_MS = 2000;
/** As in a request; only the product with the concurrency is not bounded here. */
const MOST_PAYLOAD_MB = 100;
const STRATEGIES = { SINGLE_RECORD: "SingleRecord", MULTI_RECORD: "MultiRecord" } as const;

/** `GET /execution-parameters`, which a container need not have. Throws a `JobFailure` if it answers 200 with an invalid body. */
export async function askExecutionParameters(
  { origin }: RunningContainer,
  signal: AbortSignal,
): Promise<ExecutionParameters> {
  const answer = await fetch(`${origin}/execution-parameters`, {
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch(() => null);
  signal.throwIfAborted();
  const text = await answer?.text().catch(() => "");
  if (answer?.status !== 200 || text === undefined) return {};
  const { MaxConcurrentTransforms, MaxPayloadInMB, BatchStrategy } = parse(text);
  return {
    ...(MaxConcurrentTransforms === undefined ? {} : { MaxConcurrentTransforms: count(MaxConcurrentTransforms, text) }),
    ...(MaxPayloadInMB === undefined ? {} : { MaxPayloadInMB: count(MaxPayloadInMB, text, MOST_PAYLOAD_MB) }),
    ...(BatchStrategy === undefined ? {} : { BatchStrategy: strategy(BatchStrategy, text) }),
  };
}

function parse(text: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === "object" && document !== null && !Array.isArray(document))
      return document as Record<string, unknown>;
  } catch {
    // Thrown below.
  }
  throw unusable(text);
}

function count(value: unknown, text: string, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw unusable(text);
}

function strategy(value: unknown, text: string): "SingleRecord" | "MultiRecord" {
  if (value === "SINGLE_RECORD" || value === "MULTI_RECORD") return STRATEGIES[value];
  throw unusable(text);
}

function unusable(text: string): JobFailure {
  return new JobFailure("AlgorithmError", "See job logs for more information", [
    `/execution-parameters answered what cannot be used: ${text.slice(0, 200)}`,
  ]);
}

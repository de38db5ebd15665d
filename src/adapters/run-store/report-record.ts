import { z } from "zod";
import type { RunReport } from "../../core/domain/run-report.ts";
import { ERROR_CODES } from "../../core/errors/error-codes.ts";
import { parseRecord } from "../records/parse-record.ts";
import { hasEnded, processOwner, thisProcess } from "../records/process-owner.ts";

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** Keys that another version has added are kept. */
const report: z.ZodType<RunReport> = z.looseObject({
  run_id: z.string().min(1),
  job: z.string(),
  // Records of earlier versions have none.
  set: z.record(z.string(), z.string()).default({}),
  status: z.enum(["running", "succeeded", "succeeded_with_dead_letters", "failed", "incomplete", "cancelled"]),
  ledger: z.looseObject({ input: count, scored: count, dead_lettered: count, skipped: count }),
  null_predictions: count.default(0),
  verification: z
    .looseObject({
      rows: count,
      failed_alone: count,
      different: count,
      largest_difference: z.number(),
      deterministic: z.boolean().nullable(),
      seconds,
      skipped: z.string().nullable(),
    })
    .nullable()
    .default(null),
  shards: z.looseObject({ total: count, scored: count }),
  requests: count,
  output: z
    .looseObject({ path: z.string(), rows: count, files: count, bytes: count, partitions: z.array(z.string()) })
    .nullable(),
  dead_letter: z.looseObject({ path: z.string(), rows: count }).nullable(),
  timings_s: z.looseObject({
    extract: seconds,
    shard: seconds,
    score: seconds,
    stitch: seconds,
    publish: seconds,
    total: seconds,
  }),
  request_bytes: count,
  retries: count,
  started_at: z.string(),
  finished_at: z.string().nullable(),
  cost: z
    .looseObject({
      usd: z.number().nullable(),
      seconds: z.number(),
      instances: z.number(),
      instance_type: z.string().nullable(),
      price_per_hour: z.number().nullable(),
    })
    .nullable(),
  backend: z.string(),
  protocol: z.string(),
  // A code of a newer version has no meaning here; its message has.
  error: z.looseObject({ code: z.enum(ERROR_CODES).catch("INTERNAL"), message: z.string() }).nullable(),
});

/** Who writes a run's record: shows whether a run is still going on or its process was killed. */
const owned = z.looseObject({ owner: processOwner.optional() });

const DIED: RunReport["error"] = {
  code: "RUN_CANCELLED",
  message:
    "The run's process was killed before the run had ended. It published nothing unless the output's _manifest.json names its id; " +
    "run the job again, which starts over.",
};

/** The text of run.json. */
export function writeReport(report: RunReport): string {
  return recordText({ ...report, owner: thisProcess() });
}

export function recordText(record: unknown): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Null if the text is not a run's record: a run that is just being made, or a file of another program. A run whose process has died is `incomplete`. */
export function readReport(text: string): RunReport | null {
  const owner = parseRecord(owned, text);
  const parsed = parseRecord(report, text);
  if (!("value" in parsed && "value" in owner)) return null;
  const { owner: _, ...found } = parsed.value as RunReport & { readonly owner?: unknown };
  const died = found.status === "running" && owner.value.owner !== undefined && hasEnded(owner.value.owner);
  return died ? { ...found, status: "incomplete", error: DIED } : found;
}

import { createHash } from "node:crypto";
import { mentionsEnvironment } from "./fill-templates.ts";
import { hideSecrets, hideUrlSecrets } from "./hide-secrets.ts";
import type { Job } from "./job.ts";
import { isRecord, mapTexts, valueAt } from "./job-path.ts";
import { provenanceOf } from "./job-provenance.ts";

/**
 * The job as it may be stored and shown: what came from the environment is the `${NAME}` that was written, literal secrets among the
 * backend's options and credentials in URLs are `***`. It can be parsed again, and is then the same job where it had no literal secrets.
 */
export function jobForRecord(job: Job): Readonly<Record<string, unknown>> {
  const unexpanded = provenanceOf(job)?.unexpanded;
  const written = mapTexts(withWrittenValues(job, unexpanded), (text) => hideUrlSecrets(text)) as Record<
    string,
    unknown
  >;
  return { ...written, backend: hideSecrets(written["backend"]) };
}

/** SHA-256 (hexadecimal) of the recorded job with its keys sorted: the same for the same job, whatever its secrets are today. */
export function jobDigest(job: Job): string {
  return createHash("sha256")
    .update(JSON.stringify(sortKeys(jobForRecord(job))))
    .digest("hex");
}

/** The parsed values, with the text as written wherever it takes something from the environment. */
function withWrittenValues(value: unknown, unexpanded: unknown): unknown {
  if (typeof unexpanded === "string" && mentionsEnvironment(unexpanded)) return unexpanded;
  if (Array.isArray(value)) return value.map((item, index) => withWrittenValues(item, valueAt(unexpanded, [index])));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withWrittenValues(item, valueAt(unexpanded, [key]))]),
  );
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sortKeys(item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

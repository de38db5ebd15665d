import { createHash } from "node:crypto";
import { dotted, isRecord, mapTexts, valueAt } from "../../domain/job-path.ts";
import { hideArguments } from "../../secrets/job-secrets.ts";
import { createSecretMask } from "../../secrets/secret-mask.ts";
import { mentionsEnvironment } from "../read/fill-templates.ts";
import type { Job } from "../schema/job.ts";
import { isPluginSource } from "../schema/source-schema.ts";
import { hideAddresses, hideSecrets } from "./hide-secrets.ts";
import { provenanceOf } from "./job-provenance.ts";

/**
 * The job as it may be stored and shown: a value of the environment is the `${NAME}` that was written. `***` replaces literal
 * values of headers and secret keys among the options of the backend and of a source that is a plug-in, the secret arguments of its command, the users and queries of addresses,
 * and the values of variables that are secrets by their name. It can be parsed again, and is then the same job if it had none of these.
 */
export function jobForRecord(job: Job): Readonly<Record<string, unknown>> {
  const known = provenanceOf(job);
  const mask = createSecretMask(known?.secrets.named ?? []);
  const written = mapTexts(withWrittenValues(job, known?.unexpanded), (text, path) => {
    const plain = dotted(path) === "backend.command" ? hideArguments(text, mentionsEnvironment) : text;
    const hidden = hideAddresses(plain);
    return mentionsEnvironment(hidden) ? hidden : mask.text(hidden);
  }) as Record<string, unknown>;
  const { source } = written;
  return {
    ...written,
    ...(isPluginSource(source) ? { source: hideSecrets(source) } : {}),
    backend: hideSecrets(written["backend"]),
  };
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

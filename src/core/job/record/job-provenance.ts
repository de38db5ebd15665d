import type { JobSecrets } from "../../secrets/job-secrets.ts";
import type { SecretMask } from "../../secrets/secret-mask.ts";
import { createSecretMask } from "../../secrets/secret-mask.ts";
import type { Job } from "../schema/job.ts";

/** What is known of a parsed job in addition to its values. */
export type JobProvenance = {
  /** The job as written, variables filled in and `${NAME}` kept. */
  readonly unexpanded: unknown;
  readonly warnings: readonly string[];
  /** The values of `--set` that made it what it is, without secrets. */
  readonly set: Readonly<Record<string, string>>;
  /** Values that must not be shown. Kept in memory alone. */
  readonly secrets: JobSecrets;
};

/** Kept outside the job, so that a job stays plain data. A changed copy has none: it counts as written by hand. */
const provenances = new WeakMap<object, JobProvenance>();

export function rememberProvenance(job: Job, provenance: JobProvenance): void {
  provenances.set(job, provenance);
}

export function provenanceOf(job: unknown): JobProvenance | undefined {
  return typeof job === "object" && job !== null ? provenances.get(job) : undefined;
}

/** What the author of the job should know and that stops nothing. */
export function jobWarnings(job: Job): readonly string[] {
  return provenanceOf(job)?.warnings ?? [];
}

/** The values of `--set` that made the job what it is, without secrets. */
export function jobSet(job: Job): Readonly<Record<string, string>> {
  return provenanceOf(job)?.set ?? {};
}

/** Takes the job's secrets out of whatever leaves the process. */
export function maskOf(job: Job): SecretMask {
  const { all = [], named = [] } = provenanceOf(job)?.secrets ?? {};
  return createSecretMask(all, named);
}

import type { JobInput } from "./job.ts";

/** Types a job that is written in TypeScript: `export default defineJob({ … })`. */
export function defineJob(job: JobInput): JobInput {
  return job;
}

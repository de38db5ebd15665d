import { createHash } from "node:crypto";

const MOST_CHARACTERS = 63;
const DIGEST_CHARACTERS = 8;

/**
 * The name of a run's transform job, and of the model that is made for it: always the same for a run, so that a second attempt finds the job of
 * the first. The digest distinguishes runs of one id in two workspaces. A name can never be used again.
 */
export function jobName(runId: string, requests: string): string {
  const digest = createHash("sha256").update(`${runId}\n${requests}`).digest("hex").slice(0, DIGEST_CHARACTERS);
  const readable = `scoreframe-${runId}`
    .replace(/[^a-zA-Z0-9]+/g, "-")
    .slice(0, MOST_CHARACTERS - DIGEST_CHARACTERS - 1);
  return `${readable.replace(/-$/, "")}-${digest}`;
}

import { endpointFromEnvironment } from "../../../aws/service-client.ts";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";

/** How messages name it, for the command line and the library. */
export const S3_OPTION = "the emulator's --s3-endpoint (s3Endpoint in the library)";

/** A server on this machine answers at once; a remote one may take a moment. */
const PROBE_MS = 2000;

/** Lines that say which S3 an emulator uses, and that nothing answers there now: it may be started later. */
export async function describeS3(endpoint: string | undefined): Promise<readonly string[]> {
  const url = endpoint ?? endpointFromEnvironment("S3");
  if (url === null) return ["S3: AWS itself, as neither --s3-endpoint nor AWS_ENDPOINT_URL_S3 names another."];
  const from = endpoint === undefined ? "the environment's AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL" : "--s3-endpoint";
  const used = `S3: ${withoutPassword(url)} (${from}).`;
  const silence = await whySilent(url);
  if (silence === null) return [used];
  return [
    used,
    `Warning: No S3 answers there (${silence}). Start one, or correct the address: until then every job fails.`,
  ];
}

/** Null if something answers, with any response. */
async function whySilent(url: string): Promise<string | null> {
  try {
    const answer = await fetch(withoutPassword(url), { redirect: "manual", signal: AbortSignal.timeout(PROBE_MS) });
    await answer.body?.cancel();
    return null;
  } catch (thrown) {
    return messageOf(thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown) || "refused";
  }
}

function withoutPassword(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

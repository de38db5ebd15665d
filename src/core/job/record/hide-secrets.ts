import { isRecord } from "../../domain/job-path.ts";
import { isSecretKey } from "../../secrets/secret-keys.ts";
import { hideUrlSecrets } from "../../secrets/url-secrets.ts";
import { mentionsEnvironment } from "../read/fill-templates.ts";

/** What is shown in the place of a secret. */
export const HIDDEN = "***";

/** A value in which every literal below a key that names a secret is `***`, and the value of every header. */
export function hideSecrets(value: unknown, secret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, secret));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        hideSecrets(item, secret || isSecretKey(key) || (key === "headers" && isRecord(item))),
      ]),
    );
  }
  const literal = typeof value === "number" || (typeof value === "string" && !mentionsEnvironment(value));
  return secret && literal ? HIDDEN : value;
}

/** Addresses without what they give away; what comes from the environment stays as it is written. */
export function hideAddresses(text: string): string {
  return hideUrlSecrets(text, mentionsEnvironment);
}

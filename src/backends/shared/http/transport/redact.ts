import { backendSecrets } from "../../../../core/secrets/job-secrets.ts";
import { createSecretMask } from "../../../../core/secrets/secret-mask.ts";

/**
 * A function that removes the values of headers, the secrets of the address and other secrets from a text, because a server may repeat what it was
 * sent.
 */
export function createRedactor(
  headers: Readonly<Record<string, string>>,
  url: string,
  others: readonly string[] = [],
): (text: string) => string {
  return createSecretMask([...backendSecrets({ headers, url }), ...others]).text;
}

/** A URL for a message: without user, password, query and fragment, which may hold credentials. */
export function printableUrl(url: string | URL): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

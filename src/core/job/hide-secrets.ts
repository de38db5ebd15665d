import { mentionsEnvironment } from "./fill-templates.ts";
import { isRecord } from "./job-path.ts";

/** What is shown in the place of a secret. */
export const HIDDEN = "***";

/** Words that make the value of a key a secret: `x-api-key`, `apiKey`, `access_token`. A plural (`max_tokens`) counts something. */
const SECRET_WORDS =
  /(^|_)(authorization|auth|token|password|passwd|pwd|passphrase|secrets?|credentials?|cookie|signature|apikey)(_|$)/;
const SECRET_PAIRS = /(^|_)(api|access|account|private|signing|subscription)_key(_|$)/;

/** A value in which every literal below a key that names a secret is `***`. */
export function hideSecrets(value: unknown, secret = false): unknown {
  if (Array.isArray(value)) return value.map((item) => hideSecrets(item, secret));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, hideSecrets(item, secret || isSecretKey(key))]),
    );
  }
  const literal = typeof value === "number" || (typeof value === "string" && !mentionsEnvironment(value));
  return secret && literal ? HIDDEN : value;
}

/** Whether the value of such a key is a secret. */
export function isSecretKey(key: string): boolean {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();
  return SECRET_WORDS.test(words) || SECRET_PAIRS.test(words);
}

/** `https://user:password@host/?token=abc` without what it gives away. */
export function hideUrlSecrets(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/)([^\s/?#@]+)@/gi, (_, scheme: string, user: string) => {
      const parts = user.split(/:(?![^{]*\})/).map((part) => (mentionsEnvironment(part) ? part : HIDDEN));
      return `${scheme}${parts.join(":")}@`;
    })
    .replace(/([?&])([^=&\s#]+)=([^&\s#'"]+)/g, (whole, sign: string, key: string, value: string) =>
      isSecretKey(key) && !mentionsEnvironment(value) ? `${sign}${key}=${HIDDEN}` : whole,
    );
}
